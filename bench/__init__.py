"""Benchmarks: what Aftershow does, measured beside the naive way, in one run on one machine."""
