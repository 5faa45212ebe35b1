"""A carrier's records, as carriers write them, and as they must not be written."""

import hashlib
from pathlib import Path

import pytest

from dialer.reconcile.witness_csv import WitnessError, read_records

HEAD = "started_at,caller,callee"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "cdr.csv"
    path.write_text(text, encoding="utf-8")
    return path


class TestRecords:
    @pytest.mark.parametrize("callee", ["13800138000", "+8613800138000", "8613800138000"])
    def test_are_read_however_the_carrier_spells_a_number(
        self, tmp_path: Path, callee: str
    ) -> None:
        path = written(tmp_path, f"{HEAD},x\n2026-11-22T12:00:00.5+08:00,9512301,{callee},1\n")

        witness = read_records(path)

        (one,) = witness.seen
        assert (one.callee, one.caller, one.call_id) == ("+8613800138000", "9512301", "")
        assert one.at.isoformat() == "2026-11-22T12:00:00.500000+08:00"
        assert witness.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()

    def test_may_have_call_ids(self, tmp_path: Path) -> None:
        path = written(tmp_path, f"call_id,{HEAD}\nabc,2026-11-22T04:00:00Z,9512301,13800138000\n")

        assert read_records(path).seen[0].call_id == "abc"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "names? the columns|name the columns"),
            ("when,who,whom\n", "name the columns"),
            (f"{HEAD}\n2026-11-22T12:00:00,9512301,13800138000\n", "line 2"),
            (f"{HEAD}\nyesterday,9512301,13800138000\n", "line 2"),
        ],
    )
    def test_that_cannot_be_understood_are_refused(
        self, tmp_path: Path, text: str, said: str
    ) -> None:
        with pytest.raises(WitnessError, match=said):
            read_records(written(tmp_path, text))

    def test_that_are_not_there_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(WitnessError, match="cannot be read"):
            read_records(tmp_path / "nothing.csv")


class TestLoopbackRecords:
    HEAD = (
        "received_at,call_id,from_tag,from_number,pai_number,request_uri_number,to_number,source,"
        "cseq\n"
    )
    ROW = "2026-11-22T04:00:00.000001+00:00,c,t,9512301,{pai},+8613800138000,{to},127.0.0.1:1,1\n"

    @pytest.mark.parametrize(
        ("pai", "to", "disguised"),
        [
            ("9512301", "+8613800138000", False),
            ("01088886666", "+8613800138000", True),
            ("9512301", "+8613800138001", True),
        ],
    )
    def test_tell_calls_whose_headers_differ(
        self,
        tmp_path: Path,
        pai: str,
        to: str,
        disguised: bool,  # noqa: FBT001
    ) -> None:
        text = self.HEAD + self.ROW.format(pai=pai, to=to) + "2026-11-22T04:00:01+00:00,half"

        (one,) = read_records(written(tmp_path, text)).seen

        assert one.disguised is disguised
