"""Small template folders, and a person to render them for."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aftershow.content.template import MessageTemplate, load_template

NAMES = frozenset(
    {
        "given_name",
        "family_name",
        "company",
        "grade",
        "language",
        "answers",
        "show.name",
        "show.starts",
    }
)

Load = Callable[..., MessageTemplate]


@pytest.fixture
def context() -> dict[str, Any]:
    """What is known of one person, and of who writes to them."""
    return {
        "given_name": "Zoë",
        "family_name": "D'Angelo",
        "company": "Café & Söhne <GmbH>",
        "grade": "A",
        "language": "de",
        "answers": {"interest": "pumps"},
        "show": {"name": "Pack Expo", "starts": None},
        "sender": {"name": "Dana Cole", "email": "dana@example.com", "phone": None, "title": None},
        "our": {"name": "Example Pumps", "address": "1 Foundry Street", "website": None},
        "unsubscribe_url": "https://mail.example.com/u/1",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """Writes the files of templates/ and returns the folder."""

    def write(files: dict[str, str]) -> Path:
        root = tmp_path / "templates"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return root

    return write


@pytest.fixture
def load_email(folder: Callable[[dict[str, str]], Path]) -> Load:
    """Loads an email whose HTML is given, with other files beside it."""

    def load(html: str, files: dict[str, str] | None = None) -> MessageTemplate:
        root = folder({"hello/subject.txt": "Hello", "hello/email.html": html, **(files or {})})
        return load_template(root, "hello", names=NAMES)

    return load


@pytest.fixture
def load_text(folder: Callable[[dict[str, str]], Path]) -> Load:
    """Loads a text message whose body is given."""

    def load(body: str) -> MessageTemplate:
        return load_template(folder({"hello/text.txt": body}), "hello", names=NAMES)

    return load
