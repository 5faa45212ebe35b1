"""A permit's passport: one way to write it, and nothing else is one."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from string import ascii_letters, digits

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from audit.curve_keys import curve_private_key, curve_public_key
from compliance import clock
from compliance.models import Permit
from compliance.passport import KEY, NoSuchPermitError, passport_check, passport_for
from compliance.passport_form import (
    PARAMETERS,
    Passport,
    PassportError,
    claimed_expiry,
    read,
    write,
)
from compliance.redemption import redeem
from tests.world import MORNING, World, build_world, callee, number_at, permitted, run_clock

SIGNS = f"{ascii_letters}{digits}-_"  # of base64 in addresses
PASSPORT = Passport(
    permit="019aa9a0-0000-7000-8000-000000000001",
    rulebook="ab" * 32,
    trunk="loopback",
    orig="9512301",
    dest="8613800138000",
    issued_at=MORNING,
)


def written() -> str:
    return write(PASSPORT, key=curve_private_key(KEY))


def coded(payload: bytes) -> str:
    return urlsafe_b64encode(payload).rstrip(b"=").decode()


def signed(head: str, payload: str) -> str:
    """Return whatever payload with a good signature."""
    signature = curve_private_key(KEY).sign(f"{head}.{payload}".encode(), ECDSA(SHA256()))
    halves = b"".join(n.to_bytes(32, "big") for n in decode_dss_signature(signature))
    return f"{head}.{payload}.{coded(halves)}{PARAMETERS}"


class TestWritten:
    def test_is_read_as_what_was_written(self) -> None:
        assert read(written(), key=curve_public_key(KEY), now=MORNING) == PASSPORT

    def test_has_the_claims_in_the_order_of_rfc_8225(self) -> None:
        head, payload, _ = (
            urlsafe_b64decode(part + "==") for part in written().partition(";")[0].split(".")
        )

        assert list(json.loads(head)) == ["alg", "ppt", "typ", "x5u"]
        issued = int(MORNING.timestamp())
        assert payload.decode() == (
            f'{{"attest":"A","dest":{{"tn":["8613800138000"]}},"exp":{issued + 10},'
            f'"iat":{issued},"orig":{{"tn":"9512301"}},"origid":"{PASSPORT.permit}",'
            f'"permit":"{PASSPORT.permit}","rulebook":"{PASSPORT.rulebook}","trunk":"loopback"}}'
        )

    @pytest.mark.parametrize(
        ("seconds", "why"),
        [
            (-1.001, "future"),
            (-1.0, None),
            (0.0, None),
            (9.999, None),
            (10.0, "expired"),
            (86_400.0, "expired"),
        ],
    )
    def test_is_good_for_ten_seconds(self, seconds: float, why: str | None) -> None:
        now = MORNING + timedelta(seconds=seconds)
        expected = pytest.raises(PassportError, match=why) if why else nullcontext()

        with expected:
            read(written(), key=curve_public_key(KEY), now=now)

    @given(at=st.integers(min_value=0), by=st.characters(codec="ascii"))
    def test_is_nothing_once_one_sign_is_another(self, at: int, by: str) -> None:
        text = written()
        at %= len(text)
        if text[at] == by:
            return

        with pytest.raises(PassportError):
            read(text[:at] + by + text[at + 1 :], key=curve_public_key(KEY), now=MORNING)

    @pytest.mark.parametrize("claims", [{}, {"mky": []}, {"iat": int(MORNING.timestamp()) + 0.5}])
    def test_has_one_spelling_whoever_signs(self, claims: dict[str, object]) -> None:
        head, payload, _ = written().partition(";")[0].split(".")
        said = json.loads(urlsafe_b64decode(payload + "==")) | claims
        with pytest.raises(PassportError, match="form"):
            read(
                signed(head, coded(json.dumps(said).encode())),
                key=curve_public_key(KEY),
                now=MORNING,
            )

    @pytest.mark.parametrize(
        "claims",
        [
            {"exp": int(MORNING.timestamp()) + 11},
            {"origid": "00000000-0000-0000-0000-000000000000"},
            {"attest": "B"},
            {"dest": {"tn": [PASSPORT.dest, PASSPORT.dest]}},
            {"dest": {"tn": [PASSPORT.dest], "uri": []}},
            {"permit": "-" * 36, "origid": "-" * 36},
            {"rulebook": PASSPORT.rulebook.upper().replace("0", "A")},
            {"trunk": ""},
            {"iat": 10**12, "exp": 10**12 + 10},
            {"iat": 10**11, "exp": 10**11 + 10, "a": ""},
        ],
    )
    def test_says_what_every_passport_says_and_no_more(self, claims: dict[str, object]) -> None:
        head, payload, _ = written().partition(";")[0].split(".")
        said = json.loads(urlsafe_b64decode(payload + "==")) | claims
        text = json.dumps(said, sort_keys=True, separators=(",", ":"))

        with pytest.raises(PassportError, match="form"):
            read(signed(head, coded(text.encode())), key=curve_public_key(KEY), now=MORNING)

    @pytest.mark.parametrize("trunk", ["a", "ab", "abc"])
    def test_has_no_second_spelling_in_the_bits_that_nobody_reads(self, trunk: str) -> None:
        text = write(replace(PASSPORT, trunk=trunk), key=curve_private_key(KEY))
        head, payload, _ = text.partition(";")[0].split(".")
        claims = urlsafe_b64decode(payload + "==")
        others = [payload[:-1] + sign for sign in SIGNS if sign != payload[-1]]
        same = [one for one in others if urlsafe_b64decode(one + "==") == claims]
        assert bool(same) is (len(claims) % 3 != 0)

        for other in same:
            with pytest.raises(PassportError, match="form"):
                read(signed(head, other), key=curve_public_key(KEY), now=MORNING)

    def test_says_when_it_ends_to_whoever_does_not_depend_on_it(self) -> None:
        assert claimed_expiry(written()) == MORNING + timedelta(seconds=10)
        assert claimed_expiry("") is None
        assert claimed_expiry("a.b.c") is None


class TestPassportFor:
    @pytest.fixture
    def world(self, db: None) -> World:
        return build_world()

    def test_says_what_the_permit_says(self, world: World) -> None:
        permit = permitted(world, callee(world))

        found = passport_check(passport_for(permit.pk), now=clock.host_now())

        assert (found.permit, found.trunk, found.orig) == (str(permit.pk), "loopback", "9512301")
        assert found.dest == number_at(0).removeprefix("+")
        assert found.rulebook == permit.decision.book_digest

    def test_is_as_old_as_the_permit_by_the_hosts_clock(self, world: World) -> None:
        run_clock(MORNING)
        permit = permitted(world, callee(world))
        now = clock.host_now()

        found = passport_check(passport_for(permit.pk), now=now)

        assert timedelta() <= now - found.issued_at < timedelta(seconds=5)
        assert found.issued_at <= clock.on_the_wire(permit.issued_at)

    def test_is_for_nobody_once_the_permit_is_spent(self, world: World) -> None:
        permit = permitted(world, callee(world))
        redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor="svc:test", now=MORNING)

        with pytest.raises(NoSuchPermitError):
            passport_for(permit.pk)
        assert Permit.objects.get().state == Permit.State.REDEEMED
