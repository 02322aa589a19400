"""Where the sample workspace lies: in the wheel beside this file, in a checkout at its top."""

from importlib.resources import files
from pathlib import Path


def sample_workspace() -> Path:
    """Return the folder of the sample shows, campaigns, templates and lead files; nothing writes into it."""
    packaged = Path(str(files("aftershow.demo") / "workspace"))
    return packaged if packaged.is_dir() else Path(str(files("aftershow"))).parent
