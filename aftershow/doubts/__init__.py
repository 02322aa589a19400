"""Messages of which nobody knows whether they went out, and how that is found out."""
