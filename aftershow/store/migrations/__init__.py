"""The migrations, in versions/, and what they share."""
