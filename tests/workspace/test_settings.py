"""config/aftershow.yaml: what may stand there, and what holds when it does not."""

from collections.abc import Callable

import pytest

from aftershow.words.channels import Channel
from aftershow.workspace.settings import Need, Settings
from aftershow.workspace.times.durations import Duration, Hours
from aftershow.workspace.yaml.model import Model
from aftershow.workspace.yaml.yaml_file import YamlFile

Mistakes = Callable[[type[Model], str], list[str]]

LEAST = """
company: {name: Example Pumps, address: "1250 Foundry Street, Springfield, IL 62701"}
public_url: https://mail.example.com/
timezone: America/Chicago
from: {name: Example Pumps, email: hello@example.com}
"""


def read(text: str) -> Settings:
    return YamlFile.parse("config/aftershow.yaml", text).read(Settings)


def test_what_is_not_said_has_a_cautious_default() -> None:
    """Without more: the outbox, a spoken yes to emails and texts, texts by day alone, a week to be late."""
    settings = read(LEAST)
    assert settings.channels == {channel: {"connector": "outbox"} for channel in Channel}
    unless_no = {channel for channel, need in settings.permission.items() if need is Need.UNLESS_NO}
    assert (set(settings.permission), unless_no) == (set(Channel), {Channel.LETTER, Channel.CALL})
    assert settings.hours == {Channel.TEXT: Hours.parse("8:00-21:00")}
    assert (settings.expires, settings.limits.per_contact) == (Duration.parse("7 days"), None)
    assert (settings.database, settings.team) == (None, {})
    assert settings.public_url == "https://mail.example.com"


def test_what_is_said_for_one_channel_leaves_the_others_as_they_are() -> None:
    """Settings of one channel do not take away the defaults of another."""
    settings = read(
        LEAST
        + """
channels: {email: {connector: smtp, host: 127.0.0.1, port: 2525, starttls: false}, call: {connector: dialer}}
permission: {email: unless_no}
hours: {email: "9:00-17:00"}
"""
    )
    assert settings.channels == {
        Channel.EMAIL: {"connector": "smtp", "host": "127.0.0.1", "port": 2525, "starttls": False},
        Channel.CALL: {"connector": "dialer"},
        **{channel: {"connector": "outbox"} for channel in (Channel.TEXT, Channel.LETTER, Channel.MEETING)},
    }
    assert (settings.permission[Channel.EMAIL], settings.permission[Channel.TEXT]) == (
        Need.UNLESS_NO,
        Need.YES,
    )
    assert set(settings.hours) == {Channel.EMAIL, Channel.TEXT}


def test_everything_missing_is_said_at_once(mistakes: Mistakes) -> None:
    """An empty mapping names each key that must be there."""
    assert mistakes(Settings, "{}") == [
        "x.yaml:1: missing key `company`",
        "x.yaml:1: missing key `public_url`",
        "x.yaml:1: missing key `timezone`",
        "x.yaml:1: missing key `from`",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "channels:\n  email: outbox",
            "x.yaml:7: channels.email: expected keys and values, found `outbox`",
        ),
        (
            "channels:\n  email: {host: 127.0.0.1}",
            "x.yaml:7: channels.email: expected the name of a connector, as in `connector: outbox`, found "
            "nothing",
        ),
        (
            "channels:\n  email: {connector: ../smtp}",
            "x.yaml:7: channels.email: expected the name of a connector, as in `connector: outbox`, found "
            "`../smtp`",
        ),
        (
            "channels:\n  sms: {connector: twilio}",
            "x.yaml:7: channels.sms: unknown key `sms`: expected `call`, `email`, `letter`, `meeting` or "
            "`text`",
        ),
        (
            "permission:\n  email: no",
            "x.yaml:7: permission.email: expected `yes` or `unless_no`, found `no`",
        ),
        (
            "hours:\n  text: 8-21",
            "x.yaml:7: hours.text: expected hours of the day such as `8:00-21:00`, found `8-21`",
        ),
        (
            "limits:\n  per_contact: 3",
            "x.yaml:7: limits.per_contact: expected a limit such as `2 per 7 days`, found the number 3",
        ),
        (
            "limits:\n  per_person: 3 per day",
            "x.yaml:7: limits.per_person: unknown key `per_person`: expected `per_contact`",
        ),
        (
            "expires: soon",
            "x.yaml:6: expires: expected a length of time such as `2 days`, found `soon`: "
            "write a whole number and minutes, hours, days or weeks",
        ),
        (
            "team:\n  dana:\n    name: Dana Cole",
            "x.yaml:7: team.dana: missing key `email`",
        ),
        (
            "team:\n  Dana: {name: Dana, email: d@example.com}",
            "x.yaml:7: team.Dana: expected small letters, digits and hyphens, as in `pack-expo-2026`, found "
            "`Dana`",
        ),
        (
            "team:\n  dana: {name: Dana, email: d@example.com, aliases: DCole}",
            "x.yaml:7: team.dana.aliases: expected a list, found `DCole`",
        ),
        (
            "team:\n  dana: {name: Dana, email: d@example.com, aliases: [DC]}\n"
            "  dora: {name: Dora, email: e@example.com, aliases: [dc]}",
            "x.yaml:6: team: `dc` means both dana and dora: a name belongs to one rep",
        ),
    ],
)
def test_each_mistake_is_said_where_it_stands(mistakes: Mistakes, text: str, problem: str) -> None:
    """A mistake in the settings has its line, its path and what was expected."""
    assert mistakes(Settings, LEAST.lstrip() + "\n" + text) == [problem]


def test_the_sender_is_written_under_from(mistakes: Mistakes) -> None:
    """`from` is a word that Python keeps for itself; its keys are suggested all the same."""
    text = LEAST.lstrip().replace("email: hello@", "emial: hello@")
    assert mistakes(Settings, text) == [
        "x.yaml:4: from: missing key `email`",
        "x.yaml:4: from.emial: unknown key `emial`: did you mean `email`?",
    ]


def test_a_password_in_an_address_is_not_repeated(mistakes: Mistakes) -> None:
    """An error about a web address does not print what stands before the @."""
    text = LEAST.lstrip().replace("https://mail", "https://me:hunter2@mail")
    assert mistakes(Settings, text) == [
        "x.yaml:2: public_url: a web address has no user name or password here"
    ]


def test_the_public_address_is_https(mistakes: Mistakes) -> None:
    """One-click unsubscribe works over https alone (RFC 8058), so the setting takes nothing else."""
    text = LEAST.lstrip().replace("https://mail", "http://mail")
    assert mistakes(Settings, text) == [
        "x.yaml:2: public_url: expected an address that begins with https://, found `http://mail.example.com`"
    ]
