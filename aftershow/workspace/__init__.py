"""What marketers write, read strictly: every mistake at once, each with its file and line."""
