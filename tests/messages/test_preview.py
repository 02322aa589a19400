"""What one person would get from a template, before anything is planned."""

from sqlalchemy import update

from aftershow.messages.preview import preview
from aftershow.signing import Signer
from aftershow.store.tables import contact

FILES = {
    "all/subject.txt": "For {{ given_name }}",
    "all/email.html": "<p>Hello {{ given_name }}</p>",
    "all/text.txt": "Text {{ given_name }}",
    "all/letter.txt": "Dear {{ given_name }}",
    "all/call.txt": "Call {{ given_name }}{% for ask in asks %}, {{ ask.question }}{% endfor %}",
    "all/meeting.txt": "Meet {{ given_name }}",
    "mine/letter.txt": "{{ digest.ungraded|length }} to grade",
}


def previewed(stage, name: str, contact_id: int) -> dict[str, str]:
    for file, text in FILES.items():
        stage.write(f"templates/{file}", text)
    with stage.engine.begin() as connection:
        files = preview(connection, stage.workspace, name, contact_id, Signer(b"0" * 32), now=stage.now)
    return {file: content.decode() for file, content in files.items()}


def test_every_part_is_shown(stage) -> None:
    """Each file of the folder comes back as this person would get it, even where no address is known."""
    files = previewed(stage, "all", stage.person(given_name="Ana"))
    assert {file: files[file] for file in ("subject.txt", "text.txt", "letter.txt", "call.txt")} == {
        "subject.txt": "For Ana",
        "text.txt": "Text Ana",
        "letter.txt": "Dear Ana",
        "call.txt": "Call Ana",
    }
    assert files["meeting.txt"] == "Meet Ana"
    assert "Hello Ana" in files["email.html"]
    assert "Hello Ana" in files["email.txt"]
    assert "To: nobody@example.invalid" in files["message.eml"]


def test_one_of_us_sees_the_own_digest(stage) -> None:
    """A digest is previewed with what the rep has left to do now."""
    dana = stage.person("dana@example.com")
    stage.person("ana@example.com", owner="dana", grade=None)
    with stage.engine.begin() as connection:
        connection.execute(update(contact).where(contact.c.id == dana).values(rep="dana"))
    assert previewed(stage, "mine", dana) == {"letter.txt": "1 to grade"}
