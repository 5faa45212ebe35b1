"""The files of a bundle, its signature, its disclosures: each thing that is wrong is named."""

from typing import Any

import pytest

from tests.audit.verify.conftest import Check
from tests.audit.verify.making import (
    LOG,
    NEW_LOG,
    ORIGIN,
    SIZE,
    Bundle,
    Signer,
    checkpoint,
    dumped,
    leaf,
    line,
    range_bundle,
)


class TestTheFiles:
    @pytest.mark.parametrize(
        "change",
        [
            {"format": "yunhu-audit-bundle/2"},
            {"kind": "whole"},
            {"kind": ["range"]},
            {"kind": "filtered"},
            {"note": ""},
            {"says_en": "Complete."},
            {"says_zh": ""},
            {"origin": "other.example"},
            {"range": {"lo": 0, "hi": 21, "left": [], "right": [], "more": 1}},
            {"range": {"lo": 0, "hi": 22, "left": [], "right": []}},
            {"range": {"lo": 5, "hi": 5, "left": [], "right": []}},
            {"range": {"lo": -1, "hi": 21, "left": [], "right": []}},
            {"range": {"lo": True, "hi": 21, "left": [], "right": []}},
            {"range": {"lo": 0, "hi": 21, "left": ["00" * 32], "right": []}},
            {"range": {"lo": 0, "hi": 21, "left": [], "right": ["00" * 32]}},
            {"consistency": {}},
            {"consistency": [{"from": 3, "proof": []}, {"from": 3, "proof": []}]},
            {"consistency": [{"from": 3, "proof": ["0"]}]},
        ],
    )
    def test_are_refused_if_the_manifest_says_anything_else(
        self, check: Check, change: dict[str, Any]
    ) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        bundle.manifest |= change

        assert check(bundle)["exit"] == 1

    @pytest.mark.parametrize("key", ["format", "origin", "kind", "range", "says_en"])
    def test_are_refused_if_the_manifest_says_less(self, check: Check, key: str) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        del bundle.manifest[key]

        assert check(bundle)["code"] == "manifest"

    @pytest.mark.parametrize(
        "change",
        [
            {"b": "!"},
            {"b": 3},
            {"i": 1.5},
            {"i": "4"},
            {"i": False},
            {"h": "00"},
            {"h": "00" * 32},
            {"p": []},
            {"z": 1},
            {"d": {}},
            {"d": []},
            {"d": {"callee": "+8613800138000"}},
            {"d": {"callee": {"v": "+8613800138000"}}},
            {"d": {"callee": {"v": "+8613800138000", "s": "00" * 32}}},
            {"d": {"callee": {"v": "+8613800138000", "s": "00" * 16}}},
            {"d": {"callee": {"v": 3, "s": "00" * 32}}},
            {"d": {"age": {"v": "3", "s": "00" * 32}}},
        ],
    )
    def test_are_refused_if_a_line_holds_anything_else(
        self, check: Check, change: dict[str, Any]
    ) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        bundle.lines[4] |= change

        assert check(bundle)["exit"] == 1

    def test_are_refused_if_a_key_stands_twice(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        written = dumped(bundle.manifest)
        twice = written.replace(b'{"consistency":[]', b'{"consistency":[],"consistency":[]')

        class Twice(Bundle):
            def write(self, folder: Any) -> Any:
                super().write(folder)
                (folder / "manifest.json").write_bytes(twice)
                return folder

        assert twice != written
        assert check(Twice(bundle.checkpoint, bundle.manifest, bundle.lines))["code"] == "manifest"


class TestTheSignature:
    def test_is_that_of_a_key_that_was_given(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)

        assert check(bundle, vkeys=(NEW_LOG.vkey,))["code"] == "unsigned"

    def test_may_be_of_either_key_while_one_takes_over(self, check: Check) -> None:
        both = range_bundle(0, SIZE, SIZE, by=(LOG, NEW_LOG))
        new = range_bundle(0, SIZE, SIZE, by=(NEW_LOG,))

        assert check(both)["exit"] == 0
        assert check(both, vkeys=(NEW_LOG.vkey,))["exit"] == 0
        assert check(new, vkeys=(LOG.vkey, NEW_LOG.vkey))["exit"] == 0

    def test_is_refused_though_another_one_is_right(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE, by=(LOG, NEW_LOG))
        other = checkpoint([leaf(b"x")] * SIZE, by=(NEW_LOG,))
        lines = bundle.checkpoint.split(b"\n")
        lines[5] = other.split(b"\n")[4]
        bundle.checkpoint = b"\n".join(lines)

        assert check(bundle)["exit"] == 0  # nobody asked about the newer key
        assert check(bundle, vkeys=(LOG.vkey, NEW_LOG.vkey))["code"] == "signature"

    def test_is_of_the_log_that_the_key_is_named_after(self, check: Check) -> None:
        stranger = Signer(name="other.example")
        bundle = range_bundle(0, SIZE, SIZE, by=(stranger,))

        assert check(bundle, vkeys=(stranger.vkey,))["code"] == "origin"

    def test_of_nothing_is_nothing(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        bundle.checkpoint = bundle.checkpoint.replace(ORIGIN.encode() + b"\n21", b"x\n22")

        assert check(bundle)["exit"] == 1


class TestPersonalFields:
    def test_that_are_disclosed_are_what_the_entry_committed_to(self, check: Check) -> None:
        found = check(range_bundle(0, SIZE, SIZE))

        assert (found["disclosed"], found["withheld"]) == (14, 0)

    def test_that_are_erased_change_no_verdict(self, check: Check) -> None:
        found = check(range_bundle(0, SIZE, SIZE, disclose=False))

        assert (found["exit"], found["disclosed"], found["withheld"]) == (0, 0, 14)
        assert "14 withheld or erased" in found["told"]
        assert "14 项未披露或已删除" in found["told"]

    def test_cannot_be_told_of_another_entry(self, check: Check) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        bundle.lines[1]["d"] = line(4, b"")["d"]

        found = check(bundle)

        assert (found["exit"], found["code"]) == (1, "disclosure")
        assert "Entry 1 " in found["told"]
