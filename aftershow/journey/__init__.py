"""How people move in a campaign: they come in, are dated, routed, moved on and let go; and the turn."""
