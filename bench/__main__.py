"""Run every benchmark and print one table: `python -m bench`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain

from bench import importing, memory, peers, planning, rendering, sending, texts
from bench.row import Row

#: So many that the table takes about a quarter of an hour.
CONTACTS = 200_000


def main() -> None:
    """Print the table: medians of several runs, each way in turn."""
    parser = ArgumentParser(prog="python -m bench", description="Measure Aftershow beside other ways.")
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="people in the campaigns to plan")
    contacts = parser.parse_args().contacts
    print(f"{'medians of several runs':<80}{'Aftershow':>10}{'beside':>10}")
    rows = (
        rendering.rows(), _mails(), peers.rows(), texts.rows(), importing.rows(), planning.rows(contacts),
        memory.rows(),
    )  # fmt: skip
    for row in chain(*rows):
        print(row, flush=True)


def _mails() -> Iterator[Row | str]:
    if sending.is_possible():
        yield from sending.rows()
    else:
        yield "mails are not measured: postfix is not there (apt-get install postfix)"


if __name__ == "__main__":
    main()
