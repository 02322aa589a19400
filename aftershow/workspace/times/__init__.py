"""Times as marketers write them: durations, moments, windows, opening hours, business days."""
