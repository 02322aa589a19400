"""How a command that starts Prefect has it start."""

import os


def quiet_prefect() -> None:
    """Keep Prefect offline and its log short, where nobody chose otherwise; call before importing it."""
    from flows.environment import QUIET

    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
