"""SIPp's own log of messages as a carrier's call records."""

import csv
import re
from pathlib import Path

ENTRY = re.compile(r"^-{20,} (\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d\.\d+)$", re.MULTILINE)
OPTIONS = ("-trace_msg", "-message_file", "messages.log")


def records(messages: Path, target: Path) -> Path:
    """Write one row for each call whose INVITE SIPp has received; SIPp has to run in UTC."""
    with target.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["started_at", "caller", "callee", "call_id"])
        rows.writerows(_calls(messages.read_text(encoding="utf-8", errors="replace")))
    return target


def _calls(text: str) -> list[tuple[str, str, str, str]]:
    seen: dict[str, tuple[str, str, str, str]] = {}
    _, *parts = ENTRY.split(text)
    for day, second, entry in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        said, _, message = entry.strip().partition("\n")
        if "received" not in said or not message.lstrip().startswith("INVITE "):
            continue
        caller, callee = _number(message, "From"), _number(message, "To")
        call_id = _header(message, "Call-ID")
        if ";tag=" not in _header(message, "To"):
            seen.setdefault(call_id, (f"{day}T{second}+00:00", caller, callee, call_id))
    return list(seen.values())


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: *([^\r\n]*)", message, re.MULTILINE)
    return found.group(1) if found else ""


def _number(message: str, name: str) -> str:
    found = re.search(r"sip:([^@;>]*)@", _header(message, name))
    return found.group(1) if found else ""
