"""A template folder, compiled once, becomes emails and texts."""
