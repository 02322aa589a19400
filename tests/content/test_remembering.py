"""A template is proved once: again when anything of it has changed, and never by what somebody slipped in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aftershow.content import foreign
from aftershow.content.foreign import open_template
from aftershow.errors import ContentError
from aftershow.words.channels import Channel

NAMES = frozenset({"given_name"})
FILES = {
    "base/email.html": "<style>p { color: red }</style>{% block body %}{% endblock %}",
    "hello/subject.txt": "Hello",
    "hello/email.html": '{% extends "base/email.html" %}{% block body %}{{ given_name }}{% endblock %}',
    "other/text.txt": "Something else",
}
Folder = Callable[[dict[str, str]], Path]


@pytest.fixture
def proofs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were compiled and proved, in order; at first nothing is remembered."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    proved: list[str] = []
    ask = foreign.ask

    def asked(function: Any, *arguments: Any, **named: Any) -> Any:
        if function is foreign.compile_template:
            proved.append(arguments[1])
        return ask(function, *arguments, **named)

    monkeypatch.setattr(foreign, "ask", asked)
    return proved


def mail(root: Path) -> str:
    """Return the HTML for Ana."""
    html: str = (
        open_template(root, "hello", names=NAMES).render_one(Channel.EMAIL, {"given_name": "Ana"}).html
    )
    return html


def test_it_is_proved_once(folder: Folder, proofs: list[str]) -> None:
    """Opened again it says the same, and knows the same of itself; another one's change is no matter."""
    root = folder(FILES)
    first, said = open_template(root, "hello", names=NAMES), mail(root)
    folder({"other/text.txt": "Something new"})
    second = open_template(root, "hello", names=NAMES)
    assert mail(root) == said
    assert proofs == ["hello"]
    for known in ("names", "warnings", "channels"):
        assert getattr(first, known) == getattr(second, known)


@pytest.mark.parametrize(
    "change",
    [
        {"base/email.html": "<style>p { color: blue }</style>{% block body %}{% endblock %}"},
        {"hello/subject.txt": "Good day"},
        {"hello/email.txt": "Its own plain part"},
    ],
    ids=["layout", "subject", "a new file"],
)
def test_a_change_is_proved(folder: Folder, proofs: list[str], change: dict[str, str]) -> None:
    """Whatever it is made of: when that is another, it is another template."""
    root = folder(FILES)
    mail(root)
    folder(change)
    open_template(root, "hello", names=NAMES)
    assert proofs == ["hello", "hello"]


def test_other_names_are_another_proof(folder: Folder, proofs: list[str]) -> None:
    """Which names there are decides what is a mistake."""
    root = folder(FILES)
    mail(root)
    with pytest.raises(ContentError):
        open_template(root, "hello", names=frozenset())
    assert len(proofs) == 2


def test_a_file_that_became_a_link_is_refused(folder: Folder, proofs: list[str], tmp_path: Path) -> None:
    """What would not be read is not remembered as read, though the text is the same."""
    root = folder(FILES)
    mail(root)
    subject = root / "hello" / "subject.txt"
    subject.rename(tmp_path / "elsewhere.txt")
    subject.symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(ContentError, match="is a link"):
        open_template(root, "hello", names=NAMES)


def test_mistakes_are_found_each_time(folder: Folder, proofs: list[str]) -> None:
    """Nothing is remembered of what is wrong."""
    root = folder({"hello/text.txt": "{{ unknown }}"})
    for _ in range(2):
        with pytest.raises(ContentError):
            open_template(root, "hello", names=NAMES)
    assert len(proofs) == 2


@pytest.mark.parametrize("said", [b"", b"{}", b"[{}, null]", b"[{}, [1, [], [], null, null, false, []]]"])
def test_what_is_no_recipe_is_not_followed(
    folder: Folder, proofs: list[str], monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    """Only a whole recipe, of the right kinds, is taken from memory."""
    root = folder(FILES)
    monkeypatch.setattr(foreign, "recall", lambda _: said)
    assert "Ana" in mail(root)
    assert proofs == ["hello"]


def test_a_workspace_brings_no_proofs_along(folder: Folder, proofs: list[str]) -> None:
    """Nothing in a workspace is believed: what is remembered lies with the user."""
    root = folder(FILES)
    mail(root)
    assert sorted(path.name for path in root.rglob("*") if path.is_file()) == [
        "email.html",
        "email.html",
        "subject.txt",
        "text.txt",
    ]
