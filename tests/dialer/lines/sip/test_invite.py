"""CN13-NUM-02: the number that the callee sees is the permit's, whatever the trunk is called."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.lines.base import CALLER, CallRequest, NumberShapeError
from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.dialog import dialog_written, reissue
from dialer.lines.sip.packet import address_of, read_packet
from dialer.lines.sip.pyvoip import LinePhone
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.trunk import Trunk

numbers = st.from_regex(CALLER, fullmatch=True)
callees = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
names = st.from_regex(r"\+?[a-zA-Z0-9._-]{1,16}", fullmatch=True)  # an account is often a number


@pytest.fixture(scope="module")
def reactor() -> Iterator[Reactor]:
    reactor = Reactor()
    reactor.start()
    yield reactor
    reactor.stop()


def shown(invite: bytes) -> set[str]:
    """Return every number that the INVITE names as the caller's."""
    headers = read_packet(invite).headers
    said = [*headers["from"], *headers["p-asserted-identity"]]
    assert not headers.keys() & {"remote-party-id", "p-preferred-identity", "privacy"}
    return {re.split("[:@]", address_of(one))[1] for one in said}


class TestInvite:
    @given(number=numbers, callee=callees, user=names, host=names)
    def test_shows_the_permits_number_and_no_other(
        self, reactor: Reactor, number: str, callee: str, user: str, host: str
    ) -> None:
        config = TrunkConfig(code="t", host=host, local_host="127.0.0.1", username=user)
        phone = LinePhone(trunk=Trunk(config, reactor=reactor), host="127.0.0.1", port=5060)
        request = CallRequest(permit_id="p", callee=callee, caller_number=number)
        local = "127.0.0.1:5060"

        text = phone.line_client.write_invite(
            request=request, port=20_000, branch="z9hG4bKa", call_id="c"
        )
        first = text.encode()
        dialog = dialog_written(text, call_id="c", branch="z9hG4bKa", local=local)
        again = reissue(first, dialog=dialog, authorization=f'Authorization: Digest u="{user}"')

        assert shown(first) == shown(again) == {number}

    @given(st.text(max_size=24) | numbers.map(lambda number: f"{number}\r\n"))
    def test_shows_nothing_but_digits(self, said: str) -> None:
        try:
            request = CallRequest(permit_id="p", callee="+8613800138000", caller_number=said)
        except NumberShapeError:
            return

        assert re.fullmatch(r"\+?[0-9]+", request.caller_number, re.ASCII)


class TestDialogWritten:
    @given(number=numbers, callee=callees)
    def test_knows_what_the_invite_says(self, reactor: Reactor, number: str, callee: str) -> None:
        config = TrunkConfig(code="t", host="h", local_host="127.0.0.1", username="u")
        phone = LinePhone(trunk=Trunk(config, reactor=reactor), host="127.0.0.1", port=5060)
        request = CallRequest(permit_id="p", callee=callee, caller_number=number, identity="i")
        text = phone.line_client.write_invite(
            request=request, port=20_000, branch="z9hG4bKa", call_id="c"
        )

        dialog = dialog_written(text, call_id="c", branch="z9hG4bKa", local="127.0.0.1:5060")

        said = read_packet(text.encode())
        assert (dialog.call_id, dialog.branch) == (said.call_id, said.branch)
        assert (dialog.request_uri, dialog.contact) == (said.uri, said.contact)
        assert (dialog.from_header, dialog.to_header) == (said.first("from"), said.first("to"))
        assert (dialog.from_tag, dialog.cseq) == (said.from_tag, said.cseq)
        assert said.headers["content-length"] == [str(len(said.body))]
