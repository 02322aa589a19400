"""The edge to providers: one file each, named as in the YAML, found by file name.

A workspace may bring connectors of its own, one file each in its folder connectors/.
"""

import pkgutil
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from aftershow.errors import UsageError
from aftershow.ports import ConnectorSettings, Reconciler, Sender
from aftershow.words.channels import Channel
from connectors._of_workspace import brought, load, passed_over, wrong


def names(workspace: Path | None = None) -> list[str]:
    """Return the connectors that there are, sorted: the file names of this folder, and of the workspace's."""
    return sorted({*_ours(), *(brought(workspace) if workspace else ())})


def settings_type(name: str, workspace: Path | None = None) -> type[ConnectorSettings]:
    """Return what a connector may be told. Raises UsageError when there is no connector of that name."""
    settings: type[ConnectorSettings] = _module(name, workspace).Settings
    return settings


def open_sender(channel_settings: Mapping[str, object], channel: Channel, workspace: Path) -> Sender:
    """Open the connector that `channels:` of config/aftershow.yaml gives a channel.

    Relative paths in the settings start at the workspace. Raises UsageError when there is no such connector,
    when it can't carry the channel, when a setting does not fit, or when a secret is missing; WorkspaceError
    when the workspace's own connector is broken.
    """
    settings = check_settings(channel_settings, channel, workspace)
    sender: Sender = _module(settings.connector, workspace).Connector(settings, workspace)
    return sender


def check_settings(
    channel_settings: Mapping[str, object], channel: Channel, workspace: Path
) -> ConnectorSettings:
    """Read a channel's settings, opening nothing and asking for no secret; raises as open_sender does."""
    name = channel_settings.get("connector")
    if not isinstance(name, str):
        raise UsageError(f"channels.{channel}: say which connector, such as `connector: outbox`.")
    module = _module(name, workspace)
    if channel not in module.Connector.channels:
        carried = ", ".join(sorted(module.Connector.channels))
        raise UsageError(f"channels.{channel}: the connector `{name}` can't carry {channel}, only {carried}.")
    try:
        settings: ConnectorSettings = module.Settings.model_validate(dict(channel_settings))
    except ValidationError as error:
        # Pydantic's own text repeats the values, and a misplaced password would be among them.
        raise UsageError(_mistakes(error, channel)) from None
    return settings


def keeps_a_list(channel_settings: Mapping[str, object], workspace: Path) -> bool:
    """Whether the provider of a channel can be asked afterwards what it took; opens nothing."""
    return issubclass(_module(str(channel_settings.get("connector")), workspace).Connector, Reconciler)


def _ours() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]


def _module(name: str, workspace: Path | None) -> Any:
    own = brought(workspace) if workspace else {}
    if name in own and name in _ours():
        raise wrong(
            name,
            "has the name of a connector that comes with Aftershow: nobody could tell which of the two "
            "writes to people. Give the file another name.",
        )
    if name in own:
        return load(name, own[name])
    if name in _ours():
        return import_module(f"{__name__}.{name}")
    close = get_close_matches(name, names(workspace), n=1)
    hint = f" Did you mean `{close[0]}`?" if close else ""
    why = passed_over(workspace, name) if workspace else ""
    raise UsageError(
        f"There is no connector `{name}`.{why or hint} There are: {', '.join(names(workspace))}."
    )


def _mistakes(error: ValidationError, channel: Channel) -> str:
    return "\n".join(
        f"{'.'.join(['channels', channel, *map(str, mistake['loc'])])}: {mistake['msg']}"
        for mistake in error.errors(include_input=False, include_url=False, include_context=False)
    )
