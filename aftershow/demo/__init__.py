"""The demo: the sample shows and campaigns, played through virtual weeks with people who answer."""
