"""What becomes of a message whose server refuses it, or can't be reached."""

import re
import smtplib
import ssl

from aftershow.errors import DeliveryError, PermanentError, TemporaryError
from aftershow.ports import DeliveryOutcome, Receipt, Rendered, RenderedEmail
from connectors._smtp_reply import Reply

#: What the second number of an enhanced status code says that it is about.
SUBJECTS = {
    "1.": "the address",
    "2.": "the mailbox",
    "3.": "the mail system",
    "4.": "the network",
    "5.": "the protocol",
    "6.": "the content",
    "7.": "security or policy, such as reputation, limits or SPF",
}
#: An address as it may stand in MAIL and RCPT without quoting and without SMTPUTF8.
ENVELOPE = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")


def unfit(message: Rendered) -> DeliveryOutcome | None:
    """What becomes of a message that can't be said in SMTP."""
    if not isinstance(message, RenderedEmail):
        return PermanentError("The smtp connector carries emails only.")
    if flaw := _flaw(message):
        return Receipt(key=message.key, accepted=False, reason=flaw)
    if not ENVELOPE.fullmatch(message.return_path):
        return PermanentError("The return path is no plain address. Look at the sender's address.")
    return None


def refused(message: RenderedEmail, reply: Reply) -> DeliveryOutcome:
    """Return what a refusal means that may be about the person, the message or us.

    The server's words are for the ledger alone: errors are logged and shown, and it may repeat what it heard.
    """
    if not 500 <= reply.code <= 599:
        return TemporaryError(f"The mail server does not take it now: {reply.codes}{_meaning(reply)}.")
    if reply.about_us:
        return PermanentError(f"The mail server refuses us: {reply.codes}{_meaning(reply)}.")
    hard = "hard_bounce" if reply.hard else None
    return Receipt(key=message.key, accepted=False, reason=reply.words(message.to), suppress=hard)


def sender_refused(reply: Reply) -> DeliveryError:
    """Return what it means that the envelope's sender is refused; the server may know the person already."""
    if 500 <= reply.code <= 599:
        return PermanentError(f"The mail server refuses our sender: {reply.codes}{_meaning(reply)}.")
    return TemporaryError(f"The mail server does not take our sender now: {reply.codes}{_meaning(reply)}.")


def against_us(reply: Reply) -> DeliveryError:
    """Return what a refusal means before the server heard of any person."""
    if 500 <= reply.code <= 599:
        return PermanentError(f"The mail server refuses us: {reply.words()}")
    return TemporaryError(f"The mail server does not want to talk now: {reply.words()}")


def no_connection(error: OSError | ValueError) -> DeliveryError:
    """Return what it means that a connection could not be made ready."""
    match error:
        case smtplib.SMTPAuthenticationError():
            # Only the codes: the words may repeat what was said, and that was the password.
            status = Reply.of(error.smtp_code, error.smtp_error).status
            return against_us(Reply(code=error.smtp_code, text=f"{status} for the login"))
        case smtplib.SMTPResponseException():
            return against_us(Reply.of(error.smtp_code, error.smtp_error))
        case smtplib.SMTPServerDisconnected() | ssl.SSLEOFError():
            return TemporaryError("The mail server broke off while it was greeted.")
        case smtplib.SMTPException() | ssl.SSLError():
            return PermanentError(f"The mail server can't be used with these settings: {str(error)[:300]}")
        case OSError():
            return TemporaryError(f"The mail server can't be reached: {error.strerror or error}.")
        case _:
            # smtplib puts what it could not say into the error's text, and that may be the password.
            return PermanentError("The host, username or password can't be said to a mail server.")


def _meaning(reply: Reply) -> str:
    """Return what an enhanced status code is about (RFC 3463, 3), in brackets."""
    subject = SUBJECTS.get(reply.status[2:4])
    return f" ({subject}; its log has the words)" if subject else " (its log has the words)"


def _flaw(message: RenderedEmail) -> str | None:
    """What can't be said in SMTP without extensions (RFC 5321 2.3.8, 4.1.2), or nothing."""
    mime = message.mime
    if not ENVELOPE.fullmatch(message.to):
        return "the address is not plain ASCII like name@example.com"
    if not mime.isascii():
        return "the message is not 7-bit clean"
    if mime.replace(b"\r", b"").replace(b"\n", b"\r\n") != mime:
        return "the message has line ends other than CRLF"
    return None
