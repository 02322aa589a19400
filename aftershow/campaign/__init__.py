"""What a campaign is: its file, its steps, its program and the versions that people are in."""
