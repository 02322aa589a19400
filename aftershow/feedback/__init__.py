"""What comes back from people and from providers, written into the record."""
