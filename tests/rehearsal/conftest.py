"""The stage on which campaigns are played."""

from tests.support.stage import stage

__all__ = ["stage"]
