"""A picture of what happened: each campaign's weeks, by channel, and what came back."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from sqlalchemy import Connection, select

from aftershow.store.tables import interaction, message
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.states import State

#: Told apart also by people who do not see red and green alike (Okabe and Ito's colours).
COLOURS = {
    Channel.EMAIL: "#0072b2",
    Channel.TEXT: "#56b4e9",
    Channel.LETTER: "#e69f00",
    Channel.CALL: "#009e73",
    Channel.MEETING: "#cc79a7",
}
CAME_BACK = "#333333"
_WEEK = timedelta(days=7)


def draw(connection: Connection, file: Path, zone: ZoneInfo) -> None:
    """Draw the weeks of all campaigns into a file, whose suffix says the format (svg, png)."""
    sent, back = _sent(connection, zone), _came_back(connection, zone)
    names = sorted(sent)
    if not names:
        return
    weeks = [week for campaign in sent.values() for channel in campaign.values() for week in channel]
    first, last = min(weeks), max(weeks)
    figure = Figure(figsize=(10, 1.2 * len(names) + 1), layout="constrained")
    panels = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    every = [first + _WEEK * number for number in range((last - first).days // 7 + 1)]
    for panel, name in zip(panels, names, strict=True):
        below = [0] * len(every)
        for channel, colour in COLOURS.items():
            heights = [sent[name][channel].get(week, 0) for week in every]
            panel.bar(
                every, heights, width=5.5, bottom=below, color=colour, align="edge", label=channel.value
            )
            below = [base + height for base, height in zip(below, heights, strict=True)]
        answers = [back[name].get(week, 0) for week in every]
        panel.plot(
            [week + timedelta(days=3) for week in every],
            answers,
            color=CAME_BACK,
            marker="o",
            markersize=3,
            linewidth=1,
            label="came back",
        )
        panel.set_ylabel(name, rotation=0, ha="right", va="center")
        panel.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].legend(loc="upper right", ncols=6, frameon=False, fontsize="small")
    dates = AutoDateLocator()  # type: ignore[no-untyped-call]  # matplotlib has no types here
    panels[-1].xaxis.set_major_locator(dates)
    panels[-1].xaxis.set_major_formatter(ConciseDateFormatter(dates))  # type: ignore[no-untyped-call]  # nor here
    panels[-1].set_xlabel("messages a week, by channel; what came back is the line")
    figure.savefig(file)


def _sent(connection: Connection, zone: ZoneInfo) -> dict[str, dict[str, dict[date, int]]]:
    counts: dict[str, dict[str, dict[date, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    query = select(message.c.campaign, message.c.channel, message.c.handed_over_at)
    for campaign, channel, at in connection.execute(query.where(message.c.state == State.ACCEPTED)):
        counts[campaign][channel][_monday(at.astimezone(zone).date())] += 1
    return counts


def _came_back(connection: Connection, zone: ZoneInfo) -> dict[str, dict[date, int]]:
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    query = (
        select(message.c.campaign, interaction.c.occurred_at)
        .join_from(interaction, message, message.c.id == interaction.c.message_id)
        .where(interaction.c.direction == Direction.IN)
    )
    for campaign, at in connection.execute(query):
        counts[campaign][_monday(at.astimezone(zone).date())] += 1
    return counts


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
