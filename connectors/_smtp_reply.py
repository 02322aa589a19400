"""What a mail server answered, and whom it is about: the message, the person or us."""

import re
from dataclasses import dataclass
from typing import Self

#: So many characters of an answer are looked at (RFC 5321 4.5.3.1.5 allows lines of 512 octets).
LONGEST = 2_000

#: An address; begun only where a word begins, so that a long word is gone through once.
_ADDRESS = re.compile(r"(?<![^\s<>()\"',;:])[^\s<>()\"',;:@]*@[^\s<>()\"',;:]+")
#: The address does not exist (RFC 3463, RFC 7505). Every other 5.x.x may pass, or is not about the person.
HARD = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10"})
#: Servers without enhanced codes say it in words.
HARD_WORDS = re.compile(
    r"\b(user|recipient|mailbox|host)\b.{0,20}\b(unknown|not found|does not exist|doesn't exist)\b"
    r"|\b(unknown|no such) (local )?(user|recipient|mailbox|host)\b",
    re.IGNORECASE,
)
#: These words say that the unknown host is ours.
OURS_WORDS = re.compile(r"\b(sender|client|helo|ehlo)\b", re.IGNORECASE)
#: The sender's address is wrong (RFC 3463); so is everything in 5.7, security and policy.
OURS = frozenset({"5.1.7", "5.1.8"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What the server answered to one command."""

    code: int
    text: str

    @classmethod
    def of(cls, code: int, text: bytes | str) -> Self:
        """Return a reply as smtplib gives it, cut to what an answer has to say."""
        text = text[:LONGEST]
        return cls(code=code, text=text if isinstance(text, str) else text.decode("utf-8", "replace"))

    @property
    def codes(self) -> str:
        """The codes alone, for whoever must not read what the answer repeats."""
        return f"{self.code} {self.status}".strip()

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463) or nothing; qmail puts it at the end."""
        found = re.search(r"(?:^|\(#)([245]\.\d{1,3}\.\d{1,3})(?![.\d])", self.text)
        return found[1] if found else ""

    @property
    def about_us(self) -> bool:
        """Whether it refuses the sender: reputation, relaying, login, return path."""
        return self.status.startswith("5.7.") or self.status in OURS or self.code in (503, 530)

    @property
    def hard(self) -> bool:
        """Whether it says that the address does not exist."""
        if self.status:
            return self.status in HARD
        return bool(HARD_WORDS.search(self.text)) and not OURS_WORDS.search(self.text)

    @property
    def queue_id(self) -> str | None:
        """The server's name for the message, as Postfix and Exim give it."""
        found = re.search(r"(?:\bqueued as |\bid=)([\w-]{1,100})", self.text)
        return found[1] if found else None

    def words(self, to: str = "") -> str:
        """The answer in one line, without addresses and without the person's name in front of the @."""
        text = _ADDRESS.sub("…", self.text)
        if to:
            text = re.sub(rf"(?<!\w){re.escape(to.partition('@')[0])}(?!\w)", "…", text, flags=re.IGNORECASE)
        printable = "".join(letter if letter.isprintable() else " " for letter in text)
        return f"{self.code} {' '.join(printable.split())}"[:300].strip()
