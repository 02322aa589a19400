"""The part of Jinja2 that templates are written in, and the bounds within which it is run."""
