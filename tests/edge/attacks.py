"""INVITEs that are no permit's one call, each with what the edge says of it; unreadable ones."""

import re
from functools import partial
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tests.edge.messages import altered, invite
from tests.edge.rig import CARRIER
from tests.sip.peers import identity

OTHER_CALLEE = "+8613800138001"
P = str(uuid4())
Message = Any
ATTACKS: dict[str, tuple[Message, str]] = {
    "without a permit": (partial(invite, passport=""), "no_permit"),
    "with a word for one": (partial(invite, passport="permit"), "form"),
    "without parameters": (
        lambda: invite(passport=identity(permit_id=P).partition(";")[0]),
        "form",
    ),
    "with altered claims": (lambda: invite(passport=altered(P, part=1)), "signature|form"),
    "with an altered signature": (lambda: invite(passport=altered(P, part=2)), "signature"),
    "with another's signature": (
        lambda: invite(
            passport=identity(permit_id=P, key=generate_private_key(SECP256R1())),
        ),
        "signature",
    ),
    "with an expired one": (lambda: invite(passport=identity(permit_id=P, age=11)), "expired"),
    "with one of yesterday": (
        lambda: invite(passport=identity(permit_id=P, age=86_400)),
        "expired",
    ),
    "with one of tomorrow": (lambda: invite(passport=identity(permit_id=P, age=-60)), "future"),
    "with one of no trunk here": (
        lambda: invite(passport=identity(permit_id=P, trunk="third")),
        "foreign",
    ),
    "with another trunk's": (
        lambda: invite(passport=identity(permit_id=P, trunk="other")),
        "source",
    ),
    "to another callee": (partial(invite, uri=OTHER_CALLEE), "callee"),
    "to another callee in To": (partial(invite, to=OTHER_CALLEE), "callee"),
    "to another in both": (partial(invite, uri=OTHER_CALLEE, to=OTHER_CALLEE), "callee"),
    "with a parameter behind the number": (
        lambda: invite().replace(f"@{CARRIER} SIP", f"@{CARRIER};user=phone SIP"),
        "callee",
    ),
    "at another host": (
        lambda: invite().replace(f"@{CARRIER} SIP", "@127.0.71.4 SIP"),
        "callee",
    ),
    "from another number": (partial(invite, caller="95013"), "caller"),
    "showing another number": (partial(invite, shown="95013"), "caller"),
    "from another number in both": (partial(invite, caller="95013", shown="95013"), "caller"),
    "under a name": (lambda: invite().replace("From: <", 'From: "110" <'), "caller"),
    "showing two in one header": (
        lambda: invite().replace("P-Asserted-Identity: ", "P-Asserted-Identity: <sip:110@x>, "),
        "caller",
    ),
    "showing two in two headers": (
        partial(invite, f"P-Asserted-Identity: <sip:110@{CARRIER}>"),
        "header",
    ),
    "with two permits": (lambda: invite(f"Identity: {identity(permit_id=P)}"), "header"),
    "with two permits, one short": (lambda: invite(f"y: {identity(permit_id=P)}"), "header"),
    "replacing a call": (partial(invite, "Replaces: abc;to-tag=1;from-tag=2"), "header"),
    "by REFER": (
        partial(invite, f"Refer-To: <sip:{OTHER_CALLEE}@{CARRIER}>", method="REFER"),
        "method",
    ),
    "by a message": (partial(invite, method="MESSAGE"), "method"),
    "in small letters": (
        lambda: invite().replace("INVITE sip", "invite sip", 1),
        "header",
    ),
    "with the number of another request": (
        lambda: invite().replace("CSeq: 1 INVITE", "CSeq: 1 MESSAGE"),
        "header",
    ),
    "reached nowhere": (lambda: re.sub(r"Contact: [^\r]*", "Contact: <sip:", invite()), "header"),
    "in no call": (partial(invite, to_tag="them", passport=""), "in_dialog"),
}

UNREADABLE = {
    "without a Call-ID": (r"Call-ID: [^\r]*\r\n", ""),
    "without a From": (r"From: [^\r]*\r\n", ""),
    "without a Via": (r"Via: [^\r]*\r\n", ""),
    "with a Via that is none": (r"Via: [^\r]*", "Via: SIP/9 x"),
    "with a To that is none": (r"To: [^\r]*", "To: <<<"),
    "with a line end that is none": (r"\r\n", "\r"),
}
