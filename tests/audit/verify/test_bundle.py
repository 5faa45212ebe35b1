"""What a bundle proves, and how each thing that is wrong with one is named."""

import base64
from collections.abc import Callable

import pytest

from tests.audit.verify.conftest import Check
from tests.audit.verify.making import (
    SIZE,
    Bundle,
    bodies,
    body_of,
    filtered_bundle,
    leaf,
    range_bundle,
)

Change = Callable[[Bundle], object]


def b64(body: bytes) -> str:
    return base64.b64encode(body).decode()


def sealed_as(change: Callable[[bytes], bytes]) -> Bundle:
    """Return a bundle whose entry 4 was sealed like this by the log itself."""
    return range_bundle(0, SIZE, SIZE, change={4: change}, disclose=False)


class TestARange:
    @pytest.mark.parametrize(("lo", "hi"), [(0, 21), (0, 1), (20, 21), (3, 17), (16, 20), (5, 6)])
    def test_is_verified_wherever_it_begins_and_ends(self, check: Check, lo: int, hi: int) -> None:
        found = check(range_bundle(lo, hi, SIZE))

        assert (found["exit"], found["count"], found["kind"]) == (0, hi - lo, "range")
        assert f"All {hi - lo} entries from {lo} to {hi - 1}" in found["told"]

    def test_of_an_empty_log_is_verified(self, check: Check) -> None:
        assert check(range_bundle(0, 0, 0))["exit"] == 0

    @pytest.mark.parametrize(("lo", "hi", "size"), [(0, 21, 21), (4, 9, 21), (1, 3, 3)])
    def test_fails_with_any_entry_removed(self, check: Check, lo: int, hi: int, size: int) -> None:
        for gone in range(lo, hi):
            bundle = range_bundle(lo, hi, size)
            del bundle.lines[gone - lo]

            found = check(bundle)

            assert found["exit"] == 1
            assert f"Entry {gone} " in found["told"]

    @pytest.mark.parametrize("renumber", [True, False])
    def test_fails_with_an_entry_removed_and_the_range_made_to_fit(
        self, check: Check, *, renumber: bool
    ) -> None:
        for gone in range(SIZE):
            bundle = range_bundle(0, SIZE, SIZE)
            del bundle.lines[gone]
            bundle.manifest["range"]["hi"] -= 1
            if renumber:
                for place, one in enumerate(bundle.lines):
                    one["i"] = place

            assert check(bundle)["exit"] == 1

    def test_names_the_entry_of_which_one_byte_was_flipped(self, check: Check) -> None:
        body = bytearray(bodies(SIZE)[7])
        body[body.index(b"filing") + 8] ^= 1  # 3 becomes 2: still a well-formed entry
        bundle = range_bundle(0, SIZE, SIZE)
        bundle.lines[7]["b"] = b64(bytes(body))

        found = check(bundle)

        assert (found["exit"], found["code"]) == (1, "altered")
        assert (
            "Entry 7 (eid 019aa000-0000-7000-8000-000000000007): It was altered."
            in (found["told"])
        )
        assert (
            "第 7 条（eid 019aa000-0000-7000-8000-000000000007）：内容已被改动。" in found["told"]
        )

    def test_is_refused_when_entry_and_hash_were_altered_together(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        forged = body_of(7, outcome="denied")
        bundle.lines[7] |= {"b": b64(forged), "h": leaf(forged).hex()}

        assert check(bundle)["code"] == "root"


class TestAFilteredBundle:
    def test_proves_each_entry_genuine_and_says_that_it_proves_no_more(self, check: Check) -> None:
        found = check(filtered_bundle([1, 5, 20], SIZE))

        assert (found["exit"], found["count"], found["kind"]) == (0, 3, "filtered")
        assert "并不证明没有遗漏" in found["told"]
        assert "and no more. It does not prove that none was left out." in found["told"]

    def test_names_the_entry_that_was_altered(self, check: Check) -> None:
        bundle = filtered_bundle([1, 5, 20], SIZE)
        bundle.lines[1]["b"] = b64(body_of(5, outcome="denied"))

        found = check(bundle)

        assert (found["exit"], found["code"]) == (1, "proof")
        assert "Entry 5 (eid 019aa000-0000-7000-8000-000000000005)" in found["told"]

    @pytest.mark.parametrize(
        "change",
        [
            lambda bundle: bundle.lines.append(bundle.lines[-1]),
            lambda bundle: bundle.lines.reverse(),
            lambda bundle: bundle.lines[0].update(p=bundle.lines[1]["p"]),
            lambda bundle: bundle.lines[0].update(p=bundle.lines[0]["p"][:-1]),
            lambda bundle: bundle.lines[0].update(p=[*bundle.lines[0]["p"], "00" * 32]),
            lambda bundle: bundle.lines[0].update(i=2),
            lambda bundle: bundle.lines[2].update(i=SIZE),
            lambda bundle: bundle.lines[0].update(h="00" * 32),
            lambda bundle: bundle.lines[0].pop("p"),
        ],
    )
    def test_is_refused_with_a_wrong_proof_place_or_order(
        self, check: Check, change: Change
    ) -> None:
        bundle = filtered_bundle([1, 5, 20], SIZE)
        change(bundle)

        assert check(bundle)["exit"] == 1


class TestWhatTheLogItselfSealed:
    """The tree is right, the signature is right, and still an entry is not one."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda body: body.replace(b'"actor"', b'"actor":"u:1","actor"', 1),
            lambda body: body.replace(b'"filing":3', b'"filing":3.0'),
            lambda body: body.replace(b'"filing":3', b'"filing":3e0'),
            lambda body: body.replace(b'"filing":3', b'"filing":NaN'),
            lambda body: body.replace(b'"filing":3', b'"filing":-0'),
            lambda body: body.replace(b'"filing":3', b'"filing":9007199254740992'),
            lambda body: body.replace(b'"filing":3', b'"filing": 3'),
            lambda body: body.replace(b'"filing"', b'"Filing"'),
            lambda body: body.replace("第".encode(), b"\\u7b2c"),
            lambda body: body.replace("第".encode(), b"\\ud800"),
            lambda body: body.replace("第".encode(), b"\xff"),
            lambda body: body[:-1] + b',"zz":1}',
            lambda body: body.replace(b',"v":1', b""),
            lambda body: body.replace(b'"v":1', b'"v":2'),
            lambda body: body.replace(b'"v":1', b'"v":true'),
            lambda body: body.replace(b'"outcome":"ok"', b'"outcome":"fine"'),
            lambda body: body.replace(b'"outcome":"ok"', b'"outcome":["ok"]'),
            lambda body: body.replace(b"permit:4", b"permit 4"),
            lambda body: body.replace(b"2026-11-21T", b"2026-13-21T"),
            lambda body: body.replace(b"2026-11-21T", b"2026-11-31T"),
            lambda body: body.replace(b"hs256:", b"hs512:"),
            lambda body: body + b" ",
            lambda body: b"[]",
            lambda body: b"",
            lambda body: b'{"a":' * 50_000,
            lambda body: b"[" * 200_000,
            lambda body: b"1" * 5000,
        ],
    )
    def test_is_refused_unless_it_is_canonical_and_an_entry(
        self, check: Check, change: Callable[[bytes], bytes]
    ) -> None:
        assert change(bodies(SIZE)[4]) != bodies(SIZE)[4]

        found = check(sealed_as(change))

        assert (found["exit"], found["code"]) == (1, "body")
        assert "Entry 4 " in found["told"]

    def test_is_refused_if_it_holds_one_entry_twice(self, check: Check) -> None:
        found = check(sealed_as(lambda body: bodies(SIZE)[1]))

        assert (found["exit"], found["code"]) == (1, "twice")
