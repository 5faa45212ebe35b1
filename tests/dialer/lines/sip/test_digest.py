"""Digest answers, against the examples of the RFCs."""

import re

import pytest

from dialer.lines.sip.digest import Credentials, choose, is_stale
from dialer.lines.sip.packet import Packet


def challenge(*values: str, code: int = 401) -> Packet:
    name = "www-authenticate" if code == 401 else "proxy-authenticate"
    headers = {name: list(values)}
    return Packet(code=code, phrase="", method="INVITE", uri="", headers=headers, body=b"", cseq=1)


class TestAnswer:
    def test_is_that_of_rfc_2069_where_no_qop_is_asked(self) -> None:
        """The example of RFC 2617 3.5 without qop (RFC 2069 errata)."""
        mufasa = Credentials(username="Mufasa", password="Circle Of Life")
        asked = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'

        line = mufasa.answer(challenge(asked), method="GET", uri="/dir/index.html")

        assert line is not None
        assert line.startswith("Authorization: Digest ")
        assert 'response="670fd8c2df070c60b045671b8b24ff02"' in line

    @pytest.mark.parametrize(
        ("algorithm", "response"),
        [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ],
    )
    def test_is_that_of_rfc_7616(
        self, monkeypatch: pytest.MonkeyPatch, algorithm: str, response: str
    ) -> None:
        """The example of RFC 7616 3.9.1."""
        cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
        monkeypatch.setattr("dialer.lines.sip.digest.secrets.token_hex", lambda _size: cnonce)
        mufasa = Credentials(username="Mufasa", password="Circle of Life")
        asked = (
            'Digest realm="http-auth@example.org", qop="auth, auth-int", '
            f'algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", '
            'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
        )

        line = mufasa.answer(challenge(asked), method="GET", uri="/dir/index.html")

        assert line is not None
        assert f'response="{response}"' in line
        assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in line
        assert re.search(r"qop=auth, nc=00000001$", line)

    def test_names_the_proxy_that_asked(self) -> None:
        line = Credentials(username="u", password="p").answer(
            challenge('Digest realm="r", nonce="n"', code=407), method="INVITE", uri="sip:x"
        )

        assert line is not None
        assert line.startswith("Proxy-Authorization: ")

    @pytest.mark.parametrize(
        "asked",
        ["", "Basic realm=x", 'Digest realm="r"', 'Digest realm="r", nonce="n", algorithm=X'],
    )
    def test_is_none_where_there_is_no_way_to_answer(self, asked: str) -> None:
        credentials = Credentials(username="u", password="p")

        assert credentials.answer(challenge(asked), method="INVITE", uri="sip:x") is None

    def test_takes_the_stronger_of_two_challenges(self) -> None:
        weak, strong = (f'Digest realm="r", nonce="n", algorithm={x}' for x in ("MD5", "SHA-256"))

        chosen = choose([weak, strong])

        assert chosen is not None
        assert chosen["algorithm"] == "SHA-256"

    def test_sees_a_stale_nonce(self) -> None:
        assert is_stale(challenge('Digest realm="r", nonce="n", stale=TRUE'))
        assert not is_stale(challenge('Digest realm="r", nonce="n"'))
