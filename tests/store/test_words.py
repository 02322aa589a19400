"""The words that the database takes are those of aftershow/words/."""

import re
from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import Engine, inspect

from aftershow.store.tables import metadata
from aftershow.words.answers import Answer
from aftershow.words.channels import Channel
from aftershow.words.directions import Direction
from aftershow.words.states import State

WORDS: Mapping[str, type[StrEnum]] = {
    "answer": Answer,
    "channel": Channel,
    "direction": Direction,
    "state": State,
}
#: What a constraint of another kind is called.
OTHERS = {"ck_message_held_has_a_reason"}


def checks(engine: Engine) -> dict[str, str]:
    """Return the conditions that a database has of its rows, by name, as it writes them."""
    there = inspect(engine)
    return {
        str(check["name"]): " ".join(check["sqltext"].split())
        for table in metadata.tables
        for check in there.get_check_constraints(table)
    }


def test_a_migrated_database_takes_the_same_words(engine: Engine, unmade_engine: Engine) -> None:
    """A database that came through all migrations refuses just what one made of the tables refuses."""
    metadata.create_all(unmade_engine)
    assert checks(engine) == checks(unmade_engine) != {}


def test_the_words_are_those_of_the_program(engine: Engine) -> None:
    """A column takes each word of its vocabulary and no other."""
    found = checks(engine)
    assert found.keys() >= OTHERS
    for name in found.keys() - OTHERS:
        _, _, column = name.rpartition("_")
        assert set(re.findall(r"'(\w+)'", found[name])) == set(WORDS[column]), name
