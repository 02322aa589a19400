"""The base of everything that is written in YAML, and the kinds of text it is made of."""

import re
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from email_validator import EmailNotValidError, validate_email
from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, StringConstraints

from aftershow.workspace.yaml.wording import did_you_mean, found


class Model(BaseModel):
    """Something a person writes in YAML: unknown keys are mistakes, nothing is guessed or changed later.

    The text under each field is what an editor shows while the person types.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


def by_key(*keys: str) -> Discriminator:
    """Choose the member of a union by the first of `keys` that a mapping has.

    Each member carries its key as its tag, such as Annotated[EmailStep, Tag("email")].
    """

    def key_of(value: Any) -> str | None:
        return next((key for key in keys if key in value), None) if isinstance(value, dict) else None

    return Discriminator(
        key_of,
        custom_error_type="no_kind",
        # The keys alone, which aftershow.workspace.yaml.wording puts into a sentence.
        custom_error_message=" ".join(keys),
    )


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("expected one line of text, found a line break or another control character")
    return text


def _key(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,79}", text):
        raise ValueError(
            f"expected small letters, digits and hyphens, as in `pack-expo-2026`, found {found(text)}"
        )
    return text


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email or text
    except EmailNotValidError as error:
        raise ValueError(f"expected an email address, found {found(text)}: {error}") from error


def _web_address(text: str) -> str:
    if "@" in text:
        raise ValueError("a web address has no user name or password here")
    try:
        parts = urlsplit(text)
        complete = (
            parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and " " not in text
        )
    except ValueError:
        complete = False
    if not complete or parts.query or parts.fragment:
        raise ValueError(f"expected a web address such as https://example.com, found {found(text)}")
    return text.rstrip("/")


def _secure_address(text: str) -> str:
    if not text.startswith("https:"):
        raise ValueError(f"expected an address that begins with https://, found {found(text)}")
    return text


def _timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        zones = available_timezones()
        by_city = {zone.rpartition("/")[2]: zone for zone in sorted(zones)}
        likely = by_city.get(text.replace(" ", "_").title())
        meant = f": did you mean `{likely}`?" if likely else did_you_mean(text, zones)
        raise ValueError(
            f"expected a time zone such as America/Chicago, found {found(text)}{meant}"
        ) from None
    return text


def _country(text: str) -> str:
    if text not in SUPPORTED_REGIONS:
        raise ValueError(f"expected a country code such as US, DE or GB, found {found(text)}")
    return text


#: Text that is not empty; may have several lines.
Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
#: Text in one line, fit for a header.
Line: TypeAlias = Annotated[Text, AfterValidator(_one_line)]
#: The name of a show, campaign, segment, rep or template.
Key: TypeAlias = Annotated[str, AfterValidator(_key)]
#: An email address, its domain in ASCII (RFC 5321 without SMTPUTF8).
Email: TypeAlias = Annotated[str, AfterValidator(_email)]
#: An http or https address without query, fragment, user name or final slash.
WebAddress: TypeAlias = Annotated[str, AfterValidator(_web_address)]
#: A web address that is https.
SecureAddress: TypeAlias = Annotated[WebAddress, AfterValidator(_secure_address)]
#: A name of the IANA time zone database.
TimeZone: TypeAlias = Annotated[str, AfterValidator(_timezone)]
#: ISO 3166-1 alpha-2.
Country: TypeAlias = Annotated[str, AfterValidator(_country)]
