"""Phrases that the command line and Prefect's pages have in common."""


def number_of(count: int, one: str, many: str | None = None) -> str:
    """Say how many there are: 1 message, 2 messages, 1,000 people; `many` where an s does not make it."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def moved_on(*, step: str, to: str | None, people: int) -> str:
    """Say who goes on with an edited campaign, from a step that is gone `to` another; None is the end."""
    onward = f"at `{step}`" if step == to else f"from `{step}` to " + (f"`{to}`" if to else "the end")
    return f"On to the edited campaign: {number_of(people, 'person', 'people')}, {onward}."
