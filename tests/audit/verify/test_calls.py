"""The carrier's call records beside the permits spent, one to one."""

from pathlib import Path

import pytest

from audit.verify import national
from tests.audit.verify.conftest import Check
from tests.audit.verify.making import NUMBERS, filtered_bundle, range_bundle

SIZE = 9  # permits were spent in entries 1, 4 and 7, at these seconds of 20:00
AT = {1: "01", 4: "04", 7: "07"}
HEADING = "started_at,caller,callee,call_id,fee"


def row(place: int, *, second: str = "", caller: str = "", callee: str = "") -> str:
    at = f"2026-11-21T20:00:{second or AT[place]}.500000+00:00"
    return f"{at},{caller or NUMBERS['caller']},{callee or NUMBERS['callee']},c{place},0.1"


@pytest.fixture
def cdr(tmp_path: Path) -> Path:
    return tmp_path / "calls.csv"


def write(path: Path, *rows: str, heading: str = HEADING) -> tuple[str, str]:
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8-sig")
    return "--cdr", str(path)


class TestTheCallRecords:
    def test_match_the_permits_spent(self, check: Check, cdr: Path) -> None:
        found = check(range_bundle(0, SIZE, SIZE), *write(cdr, row(7), row(1), row(4)))

        assert found["exit"] == 0
        assert "The carrier's 3 calls and the 3 permits spent match one to one." in found["told"]

    def test_show_a_call_without_a_permit(self, check: Check, cdr: Path) -> None:
        rows = (row(1), row(4), row(7), row(7))

        found = check(range_bundle(0, SIZE, SIZE), *write(cdr, *rows))

        assert (found["exit"], found["code"]) == (1, "calls_differ")
        assert "1 calls without a permit, 0 permits without a call" in found["told"]
        assert "Line 5 of the call records has no permit: 2026-11-21T20:00:07Z" in found["told"]

    def test_show_a_permit_without_a_call(self, check: Check, cdr: Path) -> None:
        found = check(range_bundle(0, SIZE, SIZE), *write(cdr, row(1), row(7)), "--tolerance", "1")

        assert (found["exit"], found["code"]) == (1, "calls_differ")
        assert "Entry 4 (eid 019aa000-0000-7000-8000-000000000004) has no call" in found["told"]

    @pytest.mark.parametrize(
        "changed",
        [{"caller": "95999999"}, {"callee": "13800138001"}, {"second": "18"}],
        ids=lambda changed: next(iter(changed)),
    )
    def test_agree_in_both_numbers_and_in_time(
        self, check: Check, cdr: Path, changed: dict[str, str]
    ) -> None:
        rows = (row(1), row(4), row(7, **changed))

        found = check(range_bundle(0, SIZE, SIZE), *write(cdr, *rows), "--tolerance", "10")

        assert found["exit"] == 1
        assert "1 calls without a permit, 1 permits without a call" in found["told"]

    def test_match_as_many_as_can_be(self, check: Check, cdr: Path) -> None:
        late = [row(place, second=f"{9 + place:02d}") for place in (1, 4, 7)]  # 9.4 s each

        assert check(range_bundle(0, SIZE, SIZE), *write(cdr, *late))["exit"] == 0

    def test_cannot_be_compared_with_numbers_that_are_withheld(
        self, check: Check, cdr: Path
    ) -> None:
        bundle = range_bundle(0, SIZE, SIZE)
        del bundle.lines[4]["d"]

        found = check(bundle, *write(cdr, row(1), row(7)))

        assert (found["exit"], found["code"]) == (2, "calls_withheld")

    def test_are_compared_within_the_time_asked_for(self, check: Check, cdr: Path) -> None:
        window = ("--cdr-from", "2026-11-21T20:00:03Z", "--cdr-to", "2026-11-22T04:00:06+08:00")

        found = check(filtered_bundle([1, 4, 7], SIZE), *write(cdr, row(4)), *window)

        assert found["exit"] == 0

    @pytest.mark.parametrize(
        ("heading", "one"),
        [
            ("caller,callee", "1,2"),
            ("started_at,caller,callee,caller", "2026-11-21T20:00:01Z,1,2,3"),
            (HEADING, "2026-11-21T20:00:01Z,1,2"),
            (HEADING, "yesterday,1,2,3,4"),
            (HEADING, "2026-11-21T20:00:01,1,2,3,4"),
            (HEADING, "2026-11-31T20:00:01Z,1,2,3,4"),
            (HEADING, "0001-01-01T00:00:01+14:00,1,2,3,4"),
            (HEADING, "2026-11-21T20:00:01Z,,2,3,4"),
            (HEADING, '2026-11-21T20:00:01Z,"1,2,3,4'),
        ],
    )
    def test_that_are_unreadable_are_no_verdict(
        self, check: Check, cdr: Path, heading: str, one: str
    ) -> None:
        found = check(range_bundle(0, SIZE, SIZE), *write(cdr, one, heading=heading))

        assert found["exit"] == 2

    def test_in_another_encoding_are_no_verdict(self, check: Check, cdr: Path) -> None:
        cdr.write_bytes("主叫".encode("gbk"))

        assert check(range_bundle(0, SIZE, SIZE), "--cdr", str(cdr))["exit"] == 2


class TestANumber:
    @pytest.mark.parametrize(
        "written",
        ["+8613800138000", "8613800138000", "008613800138000", "013800138000", "138 0013-8000"],
    )
    def test_is_one_however_it_is_written(self, written: str) -> None:
        assert national(written) == "13800138000"

    def test_keeps_its_place(self) -> None:
        assert national("+861012345678") == national("010-12345678") == "1012345678"
        assert national("+8695123456") == national("95123456") == "95123456"
        assert national("+12025550123") == national("0012025550123") != national("2025550123")
