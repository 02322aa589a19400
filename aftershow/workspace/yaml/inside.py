"""What belongs to a workspace: links that stay in it are followed, links that lead out of it are not."""

from pathlib import Path


def leads_out(root: Path, path: Path) -> bool:
    """Tell whether a path, links in the middle of it followed, ends outside of `root`, or nowhere."""
    try:
        return not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        # Links that go round; Python 3.13 no longer calls it a RuntimeError.
        return True
