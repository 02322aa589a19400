"""A campaign's way with its people: enrolment, steps, when each is due, the plan and the turn."""
