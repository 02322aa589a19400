"""The edge to Prefect: wiring, retries, schedules and artifacts; no rules."""
