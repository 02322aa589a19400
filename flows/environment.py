"""How Prefect is set when Aftershow starts it: offline, without telemetry, with a short log."""

import os
from collections.abc import Mapping
from pathlib import Path

QUIET: Mapping[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # The newer pages call an analytics host from the browser, and can't resume a run.
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
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


def server_environment(home: Path, port: int) -> dict[str, str]:
    """Return the environment of a Prefect server whose database lies in the folder `home`."""
    return {
        **os.environ,
        **QUIET,
        "PREFECT_HOME": str(home),
        # Not only --port: the pages in the browser ask this port.
        "PREFECT_SERVER_API_PORT": str(port),
        # Forget runs after 90 days; a schedule of every quarter of an hour makes thousands of them.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "true",
    }


def worker_environment(home: Path, api: str) -> dict[str, str]:
    """Return the environment of a worker, which its runs inherit. `api` is the server's address, …/api."""
    return {
        **os.environ,
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": api,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT),
    }
