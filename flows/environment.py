"""How Prefect is set when Aftershow starts it: offline, without telemetry, with a short log."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.occasion import WORKSPACE

if TYPE_CHECKING:
    # The command line reads QUIET before Prefect, which this imports, is there.
    from flows.access import Access

QUIET: Mapping[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # The newer pages call an analytics host from the browser, and can't resume a run.
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    # Prefect would start a server of its own where none is named: with no password, and for every web page.
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # What the temporary server of `aftershow run` has to start; on a busy machine 20 seconds are few.
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "60",
    # The terminal shows what went wrong; the pages show every line.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
    "PREFECT_LOGGING_SERVER_LEVEL": "ERROR",
}

#: Seconds between two signs of life of a run.
HEARTBEAT = 30
#: Seconds without a sign of life after which a run counts as dead: three heartbeats.
SILENCE = 3 * HEARTBEAT

#: A file in the folder where somebody starts us is no module of ours.
_SAFE_PATH: Mapping[str, str] = {"PYTHONSAFEPATH": "1"}
#: What of our environment a server gets: what programs need, and how Prefect is set. No secret of ours.
_NEEDED = frozenset(
    {"HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "TEMP", "TMP", "TMPDIR", "TZ", "USER"}
    | {"ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_DIR", "SSL_CERT_FILE", "VIRTUAL_ENV"}
)
_NEEDED_KINDS = ("LC_", "PREFECT_", "PYTHON")
#: How Prefect's clients get in at some other server: no business of a server's, nor of a worker's of ours.
_ELSEWHERE = frozenset({"PREFECT_API_AUTH_STRING", "PREFECT_API_KEY", "PREFECT_API_URL"})


def server_environment(access: "Access") -> dict[str, str]:
    """Return the environment of a Prefect server on this machine that lets in by `access` alone."""
    here = urlsplit(access.api)
    return {
        **{name: value for name, value in os.environ.items() if _is_needed(name)},
        **QUIET,
        **_SAFE_PATH,
        "PREFECT_SERVER_API_HOST": str(here.hostname),
        "PREFECT_SERVER_API_PORT": str(here.port),
        "PREFECT_SERVER_API_AUTH_STRING": str(access.password),
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": f"http://{here.netloc},http://localhost:{here.port}",
        # The pages ask the address at which they were found.
        "PREFECT_SERVER_UI_API_URL": "/api",
    }


def _is_needed(name: str) -> bool:
    upper = name.upper()
    return name not in _ELSEWHERE and (upper in _NEEDED or name.startswith(_NEEDED_KINDS))


def lasting(home: Path) -> dict[str, str]:
    """Return what a server is told besides whose database lies in the folder `home`."""
    return {
        "PREFECT_HOME": str(home),
        # Not beside Prefect's code, where a server of another user could not read or write them.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "pages"),
        # Forget runs after 90 days; a schedule of every quarter of an hour makes thousands of them.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
    }


#: What a server is told besides that is there for one command: no pages, and few services.
PASSING: Mapping[str, str] = {"PREFECT_UI_ENABLED": "false", "PREFECT__SERVER_EPHEMERAL": "1"}


def worker_environment(home: Path, access: "Access", workspace: Path) -> dict[str, str]:
    """Return the environment of a worker for the workspace, which its runs inherit, our secrets included."""
    return {
        **{name: value for name, value in os.environ.items() if name not in _ELSEWHERE},
        **QUIET,
        **_SAFE_PATH,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": access.api,
        **({"PREFECT_API_AUTH_STRING": access.password} if access.password else {}),
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT),
        WORKSPACE: str(workspace.resolve()),
    }
