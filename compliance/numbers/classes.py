"""What kind of number a Chinese number is: a person's mobile, a landline, a service, a rescue."""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import phonenumbers

# libphonenumber's own pattern for CN mobiles; a test holds the two together.
MOBILE_PATTERN = r"1(?:610\d|740[0-5])\d{6}|1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8}"
CHINA = 86  # ITU-T E.164 country code
SHORTEST_WITH_CODE = 12  # digits of 86 and the shortest national number; 86XXXXXX is a local one

_MOBILE = re.compile(MOBILE_PATTERN, re.ASCII)
_LANDLINE_LENGTH = re.compile(r"[1-9][0-9]{8,10}", re.ASCII)  # with area code
_DIALLED = re.compile(r"\+?[0-9]+", re.ASCII)


class NumberClass(StrEnum):
    """The kinds of numbers that the rules tell apart."""

    MOBILE = "mobile"
    MVNO = "mvno"
    FIXED = "fixed"
    SERVICE_95 = "service_95"
    SERVICE_96 = "service_96"
    SERVICE_400 = "service_400"
    SERVICE_800 = "service_800"
    SERVICE_1010 = "service_1010"
    PRIVACY_700 = "privacy_700"
    SHORT = "short"
    EMERGENCY = "emergency"
    PREMIUM = "premium"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


PERSONAL = frozenset({NumberClass.MOBILE, NumberClass.MVNO})
GEOGRAPHIC = PERSONAL | {NumberClass.FIXED}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPlan:
    """The dated table of number classes, ready to match."""

    as_of: date
    mvno_prefixes: frozenset[str]
    whole: tuple[tuple[NumberClass, re.Pattern[str]], ...]  # of a national number
    rest: tuple[tuple[NumberClass, re.Pattern[str]], ...]  # of what follows an area code
    area_code: re.Pattern[str]


@lru_cache(maxsize=1)
def class_plan() -> ClassPlan:
    """Read the table beside this file, once per process."""
    table = tomllib.loads((files(__package__) / "classes.toml").read_text(encoding="utf-8"))
    return ClassPlan(
        as_of=table["as_of"],
        mvno_prefixes=frozenset(table["mvno_prefixes"]),
        whole=_patterns(table["classes"], "patterns"),
        rest=_patterns(table["classes"], "rest"),
        area_code=re.compile(table["area_code"], re.ASCII),
    )


def classify(number: str) -> NumberClass:
    """Say what kind of number this is: E.164, or a short or service number as people dial it.

    Anything that is not digits after an optional `+` is UNKNOWN.
    """
    if not _DIALLED.fullmatch(number):
        return NumberClass.UNKNOWN
    national = national_number(number)
    return NumberClass.FOREIGN if national is None else classify_national(national)


def national_number(dialled: str) -> str | None:
    """Take the country code and the trunk 0 off digits with an optional `+`; None if foreign."""
    for prefix in ("+", "00"):
        if dialled.startswith(prefix):
            rest = dialled.removeprefix(prefix)
            return rest[2:].removeprefix("0") if rest.startswith("86") else None
    if dialled.startswith("86") and len(dialled) >= SHORTEST_WITH_CODE:
        dialled = dialled[2:]
    return dialled.removeprefix("0")


def classify_national(national: str) -> NumberClass:
    """Say what kind of number a Chinese national number is."""
    if _MOBILE.fullmatch(national):
        return classify_mobile(national)
    plan = class_plan()
    listed = _listed(national, plan)
    if listed is not None:
        return listed
    return NumberClass.FIXED if _is_landline(national) else NumberClass.UNKNOWN


def classify_mobile(national: str) -> NumberClass:
    """Tell a reseller's mobile from an operator's own."""
    return NumberClass.MVNO if national[:3] in class_plan().mvno_prefixes else NumberClass.MOBILE


def _listed(national: str, plan: ClassPlan) -> NumberClass | None:
    """Find the class in the table; a named service behind an area code comes before SHORT."""
    whole = _first(national, plan.whole)
    if whole not in (None, NumberClass.SHORT):
        return whole
    area = plan.area_code.match(national)
    behind = _first(national[area.end() :], plan.rest) if area else None
    return behind or whole


def _first(
    digits: str, patterns: tuple[tuple[NumberClass, re.Pattern[str]], ...]
) -> NumberClass | None:
    return next((name for name, pattern in patterns if pattern.fullmatch(digits)), None)


def _is_landline(national: str) -> bool:
    """Ask libphonenumber whether the number is a valid geographic one."""
    if not _LANDLINE_LENGTH.fullmatch(national):
        return False
    number = phonenumbers.PhoneNumber(country_code=CHINA, national_number=int(national))
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE


def _patterns(
    classes: list[dict[str, Any]], field: str
) -> tuple[tuple[NumberClass, re.Pattern[str]], ...]:
    return tuple(
        (NumberClass(entry["name"]), re.compile("|".join(entry[field]), re.ASCII))
        for entry in classes
        if field in entry
    )
