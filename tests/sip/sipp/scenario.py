"""One scenario for the whole table: the number called chooses the row."""

from collections.abc import Sequence

from tests.sip.sipp import steps as s
from tests.sip.sipp.table import TABLE, Row

PREFIX = "+8613800139"
REFUSING = "+8613800"  # and the SIP code, and the cause in two digits
DONE, BAD = "done", "bad"


GOES_ON = f'{s.RETRANSMIT} next="refused"'
LONGEST = 65_535  # bytes that SIPp reads of a scenario


def number_of(name: str) -> str:
    place, row = next((place, row) for place, row in enumerate(TABLE) if row.name == name)
    if row.refusal is None:
        return f"{PREFIX}{place:03d}"
    code, cause = row.refusal
    return f"{REFUSING}{code}{cause:02d}0"


def written(table: Sequence[Row]) -> str:
    """Return the scenario: OPTIONS and REGISTER are answered, an INVITE goes to its row."""
    rows = [(place, row) for place, row in enumerate(TABLE) if row in table and not row.refusal]
    called = f"^INVITE sip:[+]{PREFIX[1:]}"
    choices = "".join(
        s.ereg(f"{called}{place:03d}@", f"i{place}", check=False) for place, _ in rows
    )
    chosen = "".join(f'<nop test="i{place}" next="r{place}"/>\n' for place, _ in rows)
    branches = "".join(
        f'<label id="r{place}"/>\n{row.steps}{_log(DONE, row.name)}<nop next="end"/>\n'
        for place, row in rows
    )
    codes = sorted({row.refusal[0] for row in table if row.refusal})
    text = (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="carrier">\n'
        + s.recv("OPTIONS", attributes=' optional="true" next="options"')
        + s.recv("REGISTER", attributes=' optional="true" next="register"')
        + s.recv(
            "INVITE",
            *_remembered(),
            *choices,
            *map(_asks_for, codes),
            *_cause(),
            attributes=' rrs="true"',
        )
        + chosen
        + "".join(f'<nop test="c{code}" next="c{code}"/>\n' for code in codes)
        + '<nop next="bad"/>\n'
        + branches
        + "".join(map(_refusal, codes))
        + f'<label id="refused"/>\n{s.ack_of_refusal()}{_log(DONE, "[$code]")}<nop next="end"/>\n'
        + f'<label id="bad"/>\n{_log(BAD, "-")}<nop next="end"/>\n'
        + f'<label id="options"/>\n{s.ok()}<nop next="end"/>\n'
        + f'<label id="register"/>\n{s.ok("[last_Contact:];expires=60")}'
        + '<label id="end"/>\n<timewait milliseconds="4000"/>\n'
        + '<Reference variables="via,vias,from,to,cseq,contact,checked,same,other"/>\n'
        + '<Reference variables="code,cause,causing"/>\n'
        + "</scenario>\n"
    )
    if len(text) > LONGEST:
        raise ValueError(f"The scenario has {len(text)} bytes: make two tables of it.")
    return text


def _remembered() -> list[str]:
    """Remember the INVITE, and insist on the number that it has to show."""
    headers = {"via": "Via", "from": "From", "to": "To", "cseq": "CSeq"}
    return [
        *(s.ereg(".*", name, header=header) for name, header in headers.items()),
        s.ereg("(Via: .*)Max-Forwards: ", "checked,vias"),
        s.ereg("(sip:[^>]*)", "checked,contact", header="Contact"),
        s.ereg("branch=([^;]*)", "checked,invite_branch", header="Via"),
        s.ereg("sip:01012345678@", "checked", header="From"),
        s.ereg("sip:01012345678@", "checked", header="P-Asserted-Identity"),
    ]


def _asks_for(code: int) -> str:
    return s.ereg(f"^INVITE sip:[+]{REFUSING[1:]}{code}[0-9]{{3}}@", f"c{code}", check=False)


def _cause() -> list[str]:
    called = f"^INVITE sip:[+]{REFUSING[1:]}([3-6][0-9][0-9])([0-9][0-9])"
    return [s.ereg(called, "causing,code,cause", check=False)]


def _refusal(code: int) -> str:
    """Refuse; odd codes after some ringing. Cause 0 is no cause that Q.850 knows."""
    before = s.trying() + s.ringing() if code % 2 else ""
    reply = s.reply(code, "Refused", "Reason: Q.850;cause=[$cause]", attributes=GOES_ON)
    return f'<label id="c{code}"/>\n{before}{reply}'


def _log(verdict: str, name: str) -> str:
    return f'<nop><action><log message="{verdict} {name} [call_id]"/></action></nop>\n'
