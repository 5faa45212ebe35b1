"""The verifier's own RFC 8032: what it takes, and the forgeries that it must not take."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.verify import ed25519_holds

L = 2**252 + 27742317777372353535851937790883648493

# RFC 8032 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


class TestASignature:
    @pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
    def test_of_the_standard_is_taken(self, public: str, message: str, signature: str) -> None:
        args = [bytes.fromhex(part) for part in (public, message, signature)]

        assert ed25519_holds(*args)

    @given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
    def test_of_another_implementation_is_taken(self, seed: bytes, message: bytes) -> None:
        key = Ed25519PrivateKey.from_private_bytes(seed)
        public = key.public_key().public_bytes_raw()

        assert ed25519_holds(public, message, key.sign(message))
        assert not ed25519_holds(public, message + b"x", key.sign(message))

    @given(place=st.integers(0, 511))
    def test_is_refused_with_any_bit_of_it_flipped(self, place: int) -> None:
        public, message, signature = (bytes.fromhex(part) for part in VECTORS[2])
        flipped = bytearray(signature)
        flipped[place // 8] ^= 1 << place % 8

        assert not ed25519_holds(public, message, bytes(flipped))

    @pytest.mark.parametrize("times", [1, 2, 7])
    def test_has_no_second_form_with_s_beyond_the_order(self, times: int) -> None:
        public, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
        s = int.from_bytes(signature[32:], "little") + times * L
        again = signature[:32] + s.to_bytes(32, "little")

        assert not ed25519_holds(public, message, again)

    @pytest.mark.parametrize("length", [0, 32, 63, 65])
    def test_has_64_bytes(self, length: int) -> None:
        public, message, signature = (bytes.fromhex(part) for part in VECTORS[0])

        assert not ed25519_holds(public, message, (signature * 2)[:length])


class TestAKey:
    @pytest.mark.parametrize(
        "public",
        [
            b"\x01" + b"\x00" * 31,  # the neutral point: every message is signed with R = 0, s = 0
            b"\x01" + b"\x00" * 30 + b"\x80",  # x = 0 with a sign
            b"\x00" * 32,  # of order 4
            b"\xec" + b"\xff" * 30 + b"\x7f",  # of order 2
            b"\xee" + b"\xff" * 30 + b"\x7f",  # y = p + 1, a second form of the neutral point
            b"\xff" * 32,
            b"\x02" + b"\x00" * 31,  # on no curve
            b"",
        ],
    )
    def test_that_anybody_could_sign_for_is_none(self, public: bytes) -> None:
        neutral = b"\x01" + b"\x00" * 31

        assert not ed25519_holds(public, b"any", neutral + b"\x00" * 32)
