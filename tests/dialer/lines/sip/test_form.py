"""An INVITE that is filled in is the one that would have been written."""

from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.sip.chance import PAGE_BYTES, Chance
from dialer.lines.sip.form import BRANCH, CALL_ID, CALLEE, IDENTITY, PORT, SHOWN, TAG, Form

MARKS = {
    "callee": CALLEE,
    "shown": SHOWN,
    "identity": IDENTITY,
    "port": PORT,
    "branch": BRANCH,
    "call": CALL_ID,
    "tag": TAG,
}
words = st.from_regex(r"[0-9A-Za-z+.@-]{1,40}", fullmatch=True)
ports = st.integers(1024, 65_535).map(str)


def written(said: dict[str, str]) -> str:
    """Write a message without a form."""
    body = "v=0\r\nm=audio {port} RTP/AVP 0 8\r\n".format(**said)
    length = len(body.replace(PORT, ""))
    head = (
        "INVITE sip:{callee}@h SIP/2.0\r\nVia: v;branch={branch};rport\r\nTo: <sip:{callee}@h>\r\n"
        "Identity: {identity}\r\nFrom: {shown};tag={tag}\r\nCall-ID: {call}\r\n"
    )
    return f"{head.format(**said)}Content-Length: {length}\r\n\r\n{body}"


class TestForm:
    @given(st.fixed_dictionaries(dict.fromkeys(MARKS, words) | {"port": ports}))
    def test_is_filled_in_as_if_it_were_written_anew(self, said: dict[str, str]) -> None:
        form = Form(written(MARKS))

        assert form.filled(**said) == written(said)


class TestChance:
    def test_gives_no_byte_away_twice(self) -> None:
        chance = Chance()

        taken = [chance.take(12) for _ in range(PAGE_BYTES // 4)]

        assert {len(one) for one in taken} == {12}
        assert len(set(taken)) == len(taken)
