"""Why a message is held, each reason with what follows from it and what can be done about it."""

from dataclasses import dataclass
from enum import StrEnum

from aftershow.words.word import Word


class Lasts(StrEnum):
    """How long a reason holds a message."""

    #: it goes away by itself or by a person's hand: the person waits at the step until it does
    PASSES = "passes"
    #: it is looked at again, and the person goes on: released while nothing later has come for them
    MAY_CHANGE = "may change"
    #: it is decided at the due time and then stays: such a message is not looked at again
    FOR_GOOD = "for good"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonRow:
    """What is known of a reason to hold."""

    lasts: Lasts
    #: it lies in the person and the channel: what comes instead of the step may still reach them
    may_stand_in: bool
    #: what it means, in a sentence; the glossary has the same
    about: str
    #: what a marketer can do about it, in a sentence
    remedy: str


class HoldReason(Word):
    """Why a message is held."""

    row: ReasonRow

    EXITED = (
        "exited",
        ReasonRow(
            lasts=Lasts.FOR_GOOD,
            may_stand_in=False,
            about="The person left the campaign.",
            remedy="Nothing to do: to write to them again, start another campaign.",
        ),
    )
    NO_ADDRESS = (
        "no_address",
        ReasonRow(
            lasts=Lasts.MAY_CHANGE,
            may_stand_in=True,
            about="The contact has no address for this channel.",
            remedy="Find it out and import it, or give the step an `otherwise:` that goes by another "
            "channel.",
        ),
    )
    SUPPRESSED = (
        "suppressed",
        ReasonRow(
            lasts=Lasts.MAY_CHANGE,
            may_stand_in=True,
            about="The address must not be used.",
            remedy="`aftershow contact CONTACT` says why; import another address of theirs, or give the "
            "step an `otherwise:` that goes by another channel.",
        ),
    )
    PERMISSION = (
        "permission",
        ReasonRow(
            lasts=Lasts.MAY_CHANGE,
            may_stand_in=True,
            about="The person has not given the permission that this channel needs.",
            remedy="If the show's terms allow it, write it under `permissions:` in config/shows/NAME.yaml "
            "before you import: it counts for leads that come in from then on. Whoever said no stays out.",
        ),
    )
    CONDITION = (
        "condition",
        ReasonRow(
            lasts=Lasts.FOR_GOOD,
            may_stand_in=True,
            about="The step's `if` does not hold for this person.",
            remedy="Nothing to do if that is meant; else correct the `if:`, for those who come to it later.",
        ),
    )
    DUPLICATE_ADDRESS = (
        "duplicate_address",
        ReasonRow(
            lasts=Lasts.MAY_CHANGE,
            may_stand_in=False,
            about="Another contact with the same address gets this step.",
            remedy="If they are one person, say so with `aftershow review`; else one of them has it already.",
        ),
    )
    FREQUENCY_CAP = (
        "frequency_cap",
        ReasonRow(
            lasts=Lasts.PASSES,
            may_stand_in=False,
            about="The person has heard enough from us, over all campaigns; calls do not count.",
            remedy="It goes by itself once there is room, if that is in time; `per_contact:` under `limits:` "
            "says how much is enough, the campaign's own or else that of config/aftershow.yaml.",
        ),
    )
    QUIET_HOURS = (
        "quiet_hours",
        ReasonRow(
            lasts=Lasts.PASSES,
            may_stand_in=False,
            about="It is outside the hours for this channel where the person lives.",
            remedy="It goes by itself when the hours begin; `hours:` in config/aftershow.yaml and the "
            "campaign's `send_window:` say when that is.",
        ),
    )
    CONTENT = (
        "content",
        ReasonRow(
            lasts=Lasts.MAY_CHANGE,
            may_stand_in=False,
            about="The template could not be rendered for this person.",
            remedy="`aftershow preview TEMPLATE --contact CONTACT` says what is wrong; correct the template.",
        ),
    )
    HOLD_OUT = (
        "hold_out",
        ReasonRow(
            lasts=Lasts.FOR_GOOD,
            may_stand_in=False,
            about="The person is in the part of the audience that hears nothing, for comparison.",
            remedy="Nothing to do: `hold_out:` of the campaign's audience says how many hear nothing.",
        ),
    )
    APPROVAL = (
        "approval",
        ReasonRow(
            lasts=Lasts.PASSES,
            may_stand_in=False,
            about="Someone must let it go first.",
            remedy="Let it go with `aftershow approve CAMPAIGN --yes`.",
        ),
    )
    NO_DATE = (
        "no_date",
        ReasonRow(
            lasts=Lasts.FOR_GOOD,
            may_stand_in=True,
            about="The date that the step counts from is not known of this person.",
            remedy="Find the date out before the step is due, as with `asks:` of an earlier one, or give "
            "the step an `otherwise:`.",
        ),
    )


def lasting(how: Lasts) -> tuple[HoldReason, ...]:
    """Return the reasons that hold a message so long."""
    return tuple(reason for reason in HoldReason if reason.row.lasts is how)
