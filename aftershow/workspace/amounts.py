"""Shares and sums of money, as people write them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, ClassVar, Self, TypeAlias

from pydantic import Field
from pydantic.json_schema import JsonSchemaValue

from aftershow.workspace.times.durations import FromText
from aftershow.workspace.yaml.wording import found

_SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)

#: A sum in the workspace's currency, not negative, with four places: some texts cost less than a cent.
Money: TypeAlias = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share(FromText):
    """A part of all people, such as `10%`."""

    schema: ClassVar[JsonSchemaValue] = {"type": "string", "examples": ["10%", "50%", "33.3%"]}

    #: above 0, at most 100; exactly as it was written
    percent: Decimal

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read `10%` or `33.3%`."""
        match = _SHARE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise ValueError(f"expected a share such as `10%`, found {found(text)}")
        percent = Decimal(match[1])
        if not 0 < percent <= 100:
            raise ValueError(f"expected a share above 0% and up to 100%, found {found(text)}")
        return cls(percent=percent)

    @property
    def fraction(self) -> Decimal:
        """The same share as a number above 0 and up to 1, without rounding."""
        return self.percent.scaleb(-2)

    def __str__(self) -> str:
        return f"{self.percent}%"
