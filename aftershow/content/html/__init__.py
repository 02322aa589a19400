"""The HTML and CSS of an email: what is allowed, where each value stands, and inlining."""
