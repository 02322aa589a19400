"""The fixed vocabularies, one row for each thing; docs/glossary.md is their home in prose."""

from aftershow.words.answers import Answer as Answer
from aftershow.words.answers import Need as Need
from aftershow.words.channels import Channel as Channel
from aftershow.words.channels import consent_channel as consent_channel
from aftershow.words.crowds import Crowd as Crowd
from aftershow.words.directions import Direction as Direction
from aftershow.words.kinds import InteractionKind as InteractionKind
from aftershow.words.reasons import HoldReason as HoldReason
from aftershow.words.states import State as State
