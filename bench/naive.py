"""The mailer that one writes in an afternoon: everything again for each person.

It renders the same template folder and sends the same words, with Jinja2, premailer and EmailMessage.
"""

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from premailer import transform

from aftershow.content.html.plain import plain_text
from aftershow.content.mime import Envelope

#: Without the longer line, EmailMessage encodes the unsubscribe link, and Gmail no longer reads it.
POLICY = SMTP.clone(max_line_length=998)


class NaiveMailer:
    """Renders, inlines and packs a mail from scratch."""

    def __init__(self, templates: Path, name: str) -> None:
        environment = Environment(loader=FileSystemLoader(templates), autoescape=True)
        self._html = environment.get_template(f"{name}/email.html")
        self._subject = Template((templates / name / "subject.txt").read_text())

    def compose(
        self,
        context: Mapping[str, Any],
        *,
        key: str,
        to: str,
        envelope: Envelope,
        unsubscribe_url: str,
        at: datetime,
    ) -> bytes:
        """Return one person's mail in bytes."""
        names = {**context, "unsubscribe_url": unsubscribe_url}
        html = transform(
            self._html.render(names), strip_important=False, allow_network=False, disable_validation=True
        )
        message = EmailMessage(policy=POLICY)
        message["From"] = Address(envelope.from_name, addr_spec=envelope.from_email)
        message["To"] = to
        message["Subject"] = self._subject.render(names)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{key}@{envelope.domain}>"
        message["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(plain_text(html))
        message.add_alternative(html, subtype="html")
        return message.as_bytes()
