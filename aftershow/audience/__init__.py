"""Who is meant: one expression language, asked of a million people in SQL and of one person in Python."""
