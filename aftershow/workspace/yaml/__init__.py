"""YAML read strictly: its values, their lines, and what is wrong with them in plain words."""
