"""Turns that are played while nobody is written to: plan, calendar, marketers' tests, checking."""
