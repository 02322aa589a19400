"""The plan is what a run does, and making it changes nothing."""

from datetime import timedelta

from sqlalchemy import func, select

from aftershow.store.tables import metadata

DAY = timedelta(days=1)


def rows(stage) -> dict[str, int]:
    with stage.engine.begin() as connection:
        tables = metadata.sorted_tables
        return {table.name: connection.scalar(select(func.count()).select_from(table)) for table in tables}


def test_a_dated_plan_for_each_person(stage) -> None:
    """Each step of each person stands in the plan with its time, or with its reason."""
    stage.person("ana@example.com", mobile="+13095550100", says={"email": "yes", "text": "yes"})
    stage.person("bo@example.com", says={})
    plan = stage.plan()
    assert [(m.contact, m.step, m.due_at - stage.now) for m in plan.planned] == [
        ("ana@example.com", "thanks", 0 * DAY),
        ("ana@example.com", "question", 2 * DAY),
        ("ana@example.com", "visit", 7 * DAY),
    ]
    assert [(m.contact, m.step, m.reason) for m in plan.held] == [
        ("bo@example.com", "thanks", "permission"),
        ("bo@example.com", "question", "no_address"),
        ("bo@example.com", "visit", "permission"),
    ]


def test_nothing_is_written(stage) -> None:
    """A plan leaves every table as it was."""
    stage.person("ana@example.com")
    before = rows(stage)
    stage.plan()
    assert rows(stage) == before


def test_a_run_does_what_the_plan_said(stage) -> None:
    """Whoever the plan has for today is written to, and nobody else."""
    for name, says in (("ana", None), ("bo", {}), ("cy", None)):
        stage.person(f"{name}@example.com", says=says)
    plan = stage.plan()
    today = sorted(message.contact for message in plan.planned if message.due_at <= stage.now)
    result = stage.turn()
    assert sorted(message.to for message in stage.sender.received) == today
    assert result.held == {"permission": 1}


def test_what_went_out_is_no_longer_planned(stage) -> None:
    """After a turn, the plan shows what is still to come."""
    stage.person("ana@example.com")
    stage.turn()
    stage.now += DAY
    assert [message.step for message in stage.plan().planned] == ["visit"]


def test_why_not_the_others(stage) -> None:
    """People of the show who are not in the audience are counted by the clause that leaves them out."""
    stage.person("ana@example.com")
    stage.person("cy@example.com", grade="C")
    stage.person("di@example.com", grade=None)
    assert stage.plan().outside == {'grade in ["A", "B"]': 2}


def test_the_cap_shows_in_the_plan(stage) -> None:
    """Who would hear too much within the time is held in the plan, as in the run."""
    stage.write(
        "config/campaigns/follow-up.yaml",
        "campaign: follow-up\npurpose: p\nshow: expo\naudience: {where: 'grade == \"A\"'}\n"
        "limits: {per_contact: 1 per 3 days}\n"
        "steps:\n  - email: thanks\n  - email: visit\n    after: 1 day\n",
    )
    stage.person("ana@example.com")
    plan = stage.plan()
    assert [(message.step, message.reason) for message in plan.held] == [("visit", "frequency_cap")]


def test_who_comes_too_late_is_in_the_plan(stage) -> None:
    """After a long gap, whoever's step is given up stands in the plan, with the reason."""
    stage.person("ana@example.com", mobile="+13095550100", says={"email": "yes", "text": "yes"})
    stage.turn()
    stage.now += 10 * DAY
    assert [(m.step, m.reason) for m in stage.plan().held] == [("question", "late")]


def test_what_is_to_come_is_counted(stage) -> None:
    """A turn says how many are still to hear from the campaign."""
    stage.person("ana@example.com")
    stage.person("bo@example.com")
    assert stage.turn().later == 2
