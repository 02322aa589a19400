"""Run every benchmark and print one table: `python -m bench`."""

from bench import rendering

BENCHES = (rendering,)


def main() -> None:
    """Print the table: microseconds of CPU, medians of several runs."""
    print(f"{'':<52}{'Aftershow':>14}{'naive way':>14}{'faster':>10}")
    for bench in BENCHES:
        for row in bench.rows():
            print(f"{row.what:<52}{row.aftershow:>11,.0f} µs{row.naive:>11,.0f} µs{row.ratio:>8.0f} ×")


if __name__ == "__main__":
    main()
