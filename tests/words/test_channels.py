"""What a channel needs beside its row is there for every channel."""

from collections.abc import Collection, Mapping
from typing import get_args

import pytest

from aftershow.campaign.campaign_file import TrackModel
from aftershow.campaign.steps import KINDS
from aftershow.campaign.steps.step import SendingStep
from aftershow.content.compose import COMPOSE
from aftershow.content.foreign import _PARTS
from aftershow.demo.characters import HABITS
from aftershow.demo.picture import COLOURS
from aftershow.ledger.holds import _ONE_READER
from aftershow.people.consent.addresses import ADDRESSES
from aftershow.ports import Rendered
from aftershow.rehearsal.trial_file import Expected
from aftershow.words.channels import Channel, consent_channel
from aftershow.workspace.yaml.yaml_file import YamlFile
from connectors.outbox import Connector

EVERY = frozenset(Channel)


NEEDED: Mapping[str, Collection[Channel]] = {
    "an address, people/consent/addresses": ADDRESSES,
    "how its message is written, content/compose": {*COMPOSE, Channel.EMAIL},
    "the value that a connector gets, ports": {kind.channel for kind in get_args(Rendered)},
    "a step, campaign/steps/": {step.channel for step in KINDS.values() if issubclass(step, SendingStep)},
    "the outbox": Connector.channels,
    "what people do in the demo, demo/characters": HABITS,
    "a colour, demo/picture": COLOURS,
}


@pytest.mark.parametrize("what", NEEDED)
def test_every_channel_has(what: str) -> None:
    """A new channel is named here until it has all that it needs."""
    assert EVERY - set(NEEDED[what]) == set(), f"lacks {what}"


@pytest.mark.parametrize("channel", Channel)
def test_a_step_is_written_with_its_channel(channel: Channel) -> None:
    """A campaign sends by a channel in its word, and its test says who gets that."""
    track = YamlFile.parse("x.yaml", f"steps: [{{{channel}: thanks}}]").read(TrackModel)
    [step] = track.steps
    assert isinstance(step, SendingStep)
    assert (step.channel, step.key) == (channel, "thanks")
    wish = YamlFile.parse("x.yaml", f"contact: a@b.example\ngets: {{{channel}: thanks}}").read(Expected)
    assert wish.gets is not None
    assert wish.gets != "nothing"
    assert (wish.gets.channel, wish.gets.step) == (channel, "thanks")


def test_one_gets_what_a_machine_takes_to_an_address() -> None:
    """Two contacts with one address get one message where a machine delivers it, and nowhere else."""
    assert set(_ONE_READER) == {channel for channel in Channel if channel.row.by_machine}


def test_what_is_more_than_a_text_has_its_parts() -> None:
    """What travels from the process that renders is known for each channel that has a subject or a length."""
    assert set(_PARTS) >= {channel for channel in Channel if "subject.txt" in channel.row.files}


def test_a_channel_whose_permission_counts_has_its_own() -> None:
    """Permission is asked for once: no channel stands behind two others."""
    for channel in Channel:
        assert consent_channel(consent_channel(channel)) is consent_channel(channel)
        assert channel.row.need is consent_channel(channel).row.need
