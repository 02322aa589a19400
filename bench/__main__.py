"""Run every benchmark and print one table: `python -m bench`."""

from argparse import ArgumentParser
from itertools import chain

from bench import planning, rendering

#: So many that the table takes a few minutes.
CONTACTS = 200_000


def main() -> None:
    """Print the table: CPU, medians of several runs."""
    parser = ArgumentParser(prog="python -m bench", description="Measure Aftershow beside other ways.")
    parser.add_argument("--contacts", type=int, default=CONTACTS, help="people in the campaigns to plan")
    contacts = parser.parse_args().contacts
    print(f"{'CPU, medians of several runs':<80}{'Aftershow':>10}{'beside':>10}")
    for row in chain(rendering.rows(), planning.rows(contacts)):
        print(row, flush=True)


if __name__ == "__main__":
    main()
