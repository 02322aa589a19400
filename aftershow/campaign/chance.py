"""Chance that can be asked again: a number for each contact that depends on a seed alone.

The number is (a·id + b)⁵ modulo the prime 2³¹ - 1, with a and b from the hash of the seed. The fifth power is
a permutation there, since 5 does not divide 2³¹ - 2; so the numbers of contacts differ, they spread evenly,
and one seed says nothing of another. Whole numbers give the same answer in SQL and in Python.
"""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256

from sqlalchemy import BigInteger, ColumnElement, cast, literal

PRIME = 2**31 - 1


def lot(seed: str, number: ColumnElement[int]) -> ColumnElement[int]:
    """Return the lot of a contact's id in SQL: from 0 up to but without PRIME."""
    a, b = _factors(seed)
    prime = literal(PRIME, BigInteger)
    x = (cast(number, BigInteger) % prime * literal(a, BigInteger) + literal(b, BigInteger)) % prime
    square = (x * x) % prime
    return (square * square) % prime * x % prime


def lot_of(seed: str, number: int) -> int:
    """Return the lot of a contact's id, as `lot` does."""
    a, b = _factors(seed)
    return pow((number % PRIME * a + b) % PRIME, 5, PRIME)


def bounds(shares: Sequence[Decimal]) -> list[int]:
    """Return for each share, a fraction of 1, the lot below which it ends; the last is PRIME."""
    total, ends = Decimal(0), list[int]()
    for share in shares:
        total += share
        ends.append(int(total * PRIME))
    return ends


def _factors(seed: str) -> tuple[int, int]:
    digest = sha256(seed.encode()).digest()
    a, b = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big")
    return a % (PRIME - 1) + 1, b % PRIME
