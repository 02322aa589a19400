"""Countries, states and their time zones: from what people write to codes."""

import re
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from babel.localedata import locale_identifiers

from aftershow.people.normalizing.names import fold
from aftershow.workspace.times.clocks import country_zones

#: Names that people write and no locale has; folded.
_OTHER_NAMES = {
    "america": "US",
    "united states of america": "US",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "great britain": "GB",
    "britain": "GB",
    "uk": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "south korea": "KR",
    "republic of korea": "KR",
    "korea": "KR",
    "czech republic": "CZ",
    "turkey": "TR",
    "russian federation": "RU",
    "ivory coast": "CI",
    "brd": "DE",
}
#: The languages that are asked first.
_LIKELY = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ja", "zh")
_NOT_IN_A_NAME = re.compile(r"[\W_]+")

_EASTERN, _CENTRAL, _MOUNTAIN, _PACIFIC = (
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles")
)
#: State or province: its name, and its time zones, first the one where most people live. Left out are zones
#: of a few hundred people (Lord Howe, Eucla).
_STATES: dict[str, dict[str, tuple[str, ...]]] = {
    "US": {
        "AL": ("Alabama", _CENTRAL),
        "AK": ("Alaska", "America/Anchorage", "America/Adak"),
        "AZ": ("Arizona", "America/Phoenix", _MOUNTAIN),
        "AR": ("Arkansas", _CENTRAL),
        "CA": ("California", _PACIFIC),
        "CO": ("Colorado", _MOUNTAIN),
        "CT": ("Connecticut", _EASTERN),
        "DC": ("District of Columbia", _EASTERN),
        "DE": ("Delaware", _EASTERN),
        "FL": ("Florida", _EASTERN, _CENTRAL),
        "GA": ("Georgia", _EASTERN),
        "HI": ("Hawaii", "Pacific/Honolulu"),
        "IA": ("Iowa", _CENTRAL),
        "ID": ("Idaho", "America/Boise", _PACIFIC),
        "IL": ("Illinois", _CENTRAL),
        "IN": ("Indiana", "America/Indiana/Indianapolis", _CENTRAL),
        "KS": ("Kansas", _CENTRAL, _MOUNTAIN),
        "KY": ("Kentucky", _EASTERN, _CENTRAL),
        "LA": ("Louisiana", _CENTRAL),
        "MA": ("Massachusetts", _EASTERN),
        "MD": ("Maryland", _EASTERN),
        "ME": ("Maine", _EASTERN),
        "MI": ("Michigan", "America/Detroit", _CENTRAL),
        "MN": ("Minnesota", _CENTRAL),
        "MO": ("Missouri", _CENTRAL),
        "MS": ("Mississippi", _CENTRAL),
        "MT": ("Montana", _MOUNTAIN),
        "NC": ("North Carolina", _EASTERN),
        "ND": ("North Dakota", _CENTRAL, _MOUNTAIN),
        "NE": ("Nebraska", _CENTRAL, _MOUNTAIN),
        "NH": ("New Hampshire", _EASTERN),
        "NJ": ("New Jersey", _EASTERN),
        "NM": ("New Mexico", _MOUNTAIN),
        "NV": ("Nevada", _PACIFIC, _MOUNTAIN),
        "NY": ("New York", _EASTERN),
        "OH": ("Ohio", _EASTERN),
        "OK": ("Oklahoma", _CENTRAL),
        "OR": ("Oregon", _PACIFIC, "America/Boise"),
        "PA": ("Pennsylvania", _EASTERN),
        "PR": ("Puerto Rico", "America/Puerto_Rico"),
        "RI": ("Rhode Island", _EASTERN),
        "SC": ("South Carolina", _EASTERN),
        "SD": ("South Dakota", _CENTRAL, _MOUNTAIN),
        "TN": ("Tennessee", _CENTRAL, _EASTERN),
        "TX": ("Texas", _CENTRAL, _MOUNTAIN),
        "UT": ("Utah", _MOUNTAIN),
        "VA": ("Virginia", _EASTERN),
        "VT": ("Vermont", _EASTERN),
        "WA": ("Washington", _PACIFIC),
        "WI": ("Wisconsin", _CENTRAL),
        "WV": ("West Virginia", _EASTERN),
        "WY": ("Wyoming", _MOUNTAIN),
    },
    "CA": {
        "AB": ("Alberta", "America/Edmonton"),
        "BC": ("British Columbia", "America/Vancouver", "America/Edmonton", "America/Dawson_Creek"),
        "MB": ("Manitoba", "America/Winnipeg"),
        "NB": ("New Brunswick", "America/Moncton"),
        "NL": ("Newfoundland and Labrador", "America/St_Johns", "America/Goose_Bay"),
        "NS": ("Nova Scotia", "America/Halifax"),
        "NT": ("Northwest Territories", "America/Yellowknife"),
        "NU": (
            "Nunavut",
            "America/Iqaluit",
            "America/Rankin_Inlet",
            "America/Cambridge_Bay",
            "America/Resolute",
        ),
        "ON": ("Ontario", "America/Toronto", "America/Winnipeg", "America/Atikokan"),
        "PE": ("Prince Edward Island", "America/Halifax"),
        "QC": ("Quebec", "America/Toronto", "America/Halifax", "America/Blanc-Sablon"),
        "SK": ("Saskatchewan", "America/Regina", "America/Edmonton"),
        "YT": ("Yukon", "America/Whitehorse"),
    },
    "AU": {
        "ACT": ("Australian Capital Territory", "Australia/Sydney"),
        "NSW": ("New South Wales", "Australia/Sydney", "Australia/Broken_Hill"),
        "NT": ("Northern Territory", "Australia/Darwin"),
        "QLD": ("Queensland", "Australia/Brisbane"),
        "SA": ("South Australia", "Australia/Adelaide"),
        "TAS": ("Tasmania", "Australia/Hobart"),
        "VIC": ("Victoria", "Australia/Melbourne"),
        "WA": ("Western Australia", "Australia/Perth"),
    },
}
_STATE_CODES = {
    country: {fold(name): code for code, (name, *_) in states.items()} for country, states in _STATES.items()
}
_CANADIAN_POSTAL_CODE = re.compile(r"[A-Z]\d[A-Z][ -]?\d[A-Z]\d", re.IGNORECASE)


@lru_cache(maxsize=4_096)
def country_code(text: str) -> str | None:
    """Return ISO 3166-1 alpha-2 for a code, or a name in any language that Babel knows; else None."""
    code = text.strip().replace(".", "").upper()
    if code in _english():
        return code
    alpha_3 = get_global("territory_aliases").get(code, [])
    if len(code) == 3 and len(alpha_3) == 1:
        return str(alpha_3[0])
    name = _NOT_IN_A_NAME.sub(" ", fold(text.replace(".", ""))).strip()
    return _OTHER_NAMES.get(name) or _names_in(_LIKELY).get(name) or _names_in(None).get(name)


@cache
def _english() -> dict[str, str]:
    return {code: name for code, name in Locale.parse("en").territories.items() if _is_country(code)}


@cache
def _names_in(languages: tuple[str, ...] | None) -> dict[str, str]:
    """Return countries by their folded names in some languages; None for all, which takes a second, once."""
    names: dict[str, str] = {}
    for language in languages or sorted(locale_identifiers()):
        if "_" not in language:
            for code, name in Locale.parse(language).territories.items():
                if _is_country(code):
                    names.setdefault(_NOT_IN_A_NAME.sub(" ", fold(name)).strip(), code)
    return names


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO")


def state_code(text: str, country: str | None) -> str:
    """Return the code of a state that is written out, where the country uses codes; else the text."""
    codes = _STATE_CODES.get(country or "", {})
    if text.upper() in codes.values():
        return text.upper()
    return codes.get(fold(text), text)


def has_state(country: str | None, state: str) -> bool:
    """Tell whether a country whose states we know has this one, by code or name."""
    return state_code(state, country) in _STATES.get(country or "", {})


def is_canadian(state: str | None, postal_code: str | None) -> bool:
    """Tell whether province and postal code are both Canadian, whatever the country's column says."""
    if not state or not postal_code or not _CANADIAN_POSTAL_CODE.fullmatch(postal_code):
        return False
    return has_state("CA", state)


def city_and_state(city: str, country: str | None) -> tuple[str, str | None]:
    """Split `Wingfield SA`, as Australian addresses are written, into city and state."""
    name, _, last = city.rpartition(" ")
    if country == "AU" and name and last.upper() in _STATES["AU"]:
        return name, last.upper()
    return city, None


@lru_cache(maxsize=4_096)
def zones_of_address(country: str | None, state: str | None) -> tuple[str, ...]:
    """Return the IANA time zones of a state that we know, else of the whole country; () if unknown."""
    states = _STATES.get(country or "", {})
    if state in states:
        return states[state][1:]
    # Those of the states first: they carry the names of big cities.
    of_states = [zone for _, *zones in states.values() for zone in zones]
    return tuple(dict.fromkeys((*of_states, *country_zones(country or ""))))
