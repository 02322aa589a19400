"""What one person is told: the values that a template may use, the message, and its preview."""
