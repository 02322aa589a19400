"""Run every benchmark and print one table: `python -m bench`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain

from bench import importing, planning, rendering, sending, texts
from bench.row import Row

#: So many that the table takes about ten minutes.
CONTACTS = 200_000


def main() -> None:
    """Print the table: medians of several runs, each way in turn."""
    parser = ArgumentParser(prog="python -m bench", description="Measure Aftershow beside other ways.")
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="people in the campaigns to plan")
    contacts = parser.parse_args().contacts
    print(f"{'medians of several runs':<80}{'Aftershow':>10}{'beside':>10}")
    for row in chain(rendering.rows(), _mails(), texts.rows(), importing.rows(), planning.rows(contacts)):
        print(row, flush=True)


def _mails() -> Iterator[Row]:
    if sending.is_possible():
        yield from sending.rows()
    else:
        print("mails are not measured: postfix is not there (apt-get install postfix)")


if __name__ == "__main__":
    main()
