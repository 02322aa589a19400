"""Aftershow turns the people met at a trade show into relationships."""
