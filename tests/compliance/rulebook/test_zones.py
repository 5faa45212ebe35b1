"""Hours on the callee's own wall: at every boundary, at every change of the clocks, exactly."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliance.books import read_pack
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import PURPOSES
from compliance.rulebook.rules.zones import Daylight, Zone
from tests.compliance.rulebook.american import american, us
from tests.compliance.rulebook.asking import ask, other_book, reason

MOMENT = timedelta(microseconds=1)
RULE = "US-TIM-01"
NAMES = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "aleutian": "America/Adak",
    "hawaii": "Pacific/Honolulu",
    "arizona": "America/Phoenix",
    "atlantic": "America/Puerto_Rico",
}
PLACES: dict[str, list[str]] = read_pack("us")["rules"]["US-TIM-02"]["params"][0]["places"]
ALONE = ["eastern", "central", "mountain", "pacific", "hawaii", "atlantic"]
instants = st.datetimes(
    min_value=datetime(2014, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)
)


def wall(local: str, zone: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(NAMES[zone])).astimezone(UTC)


def is_calling_time(at: datetime, zone: str) -> bool:
    return 8 <= at.astimezone(ZoneInfo(NAMES[zone])).hour < 21


class TestHoursThere:
    @pytest.mark.parametrize("zone", ALONE)
    @pytest.mark.parametrize("day", ["2026-01-14", "2026-07-15"])
    @pytest.mark.parametrize(
        ("clock", "expected"),
        [
            ("07:59:59.999999", "outside_there"),
            ("08:00:00", "allow"),
            ("20:59:59.999999", "allow"),
            ("21:00:00", "outside_there"),
        ],
    )
    def test_are_from_eight_to_nine_in_winter_and_summer(
        self, zone: str, day: str, clock: str, expected: str
    ) -> None:
        where = next(key for key, zones in PLACES.items() if zones == [zone])

        facts = american(at=wall(f"{day} {clock}", zone), callee__provinces=(where,))

        assert reason(RULE, facts, book=us()) == expected

    @pytest.mark.parametrize(
        ("local", "expected"),
        [
            ("2026-03-07 07:59", "outside_there"),  # the last day of winter time
            ("2026-03-07 08:00", "allow"),
            ("2026-03-08 07:59", "outside_there"),
            ("2026-03-08 08:00", "allow"),  # clocks went forward at two
            ("2026-11-01 07:59", "outside_there"),
            ("2026-11-01 08:00", "allow"),  # clocks went back at two
        ],
    )
    def test_follow_the_clocks_on_the_days_of_their_change(
        self, local: str, expected: str
    ) -> None:
        assert reason(RULE, american(at=wall(local, "eastern")), book=us()) == expected

    @pytest.mark.parametrize(
        ("places", "local", "expected"),
        [
            (("US-NY", "US-CA"), "2026-03-11 10:59", "outside_there"),  # 07:59 in California
            (("US-NY", "US-CA"), "2026-03-11 11:00", "allow"),
            (("US-*",), "2026-01-14 12:59", "outside_there"),  # 07:59 in Honolulu
            (("US-*",), "2026-01-14 13:00", "allow"),
            (("US-*",), "2026-01-14 20:00", "outside_there"),  # 21:00 in Puerto Rico
            (("US-TX",), "2026-03-11 09:59", "outside_there"),  # El Paso keeps mountain time
            (("US-AZ",), "2026-07-15 11:00", "allow"),  # 08:00 in Phoenix
            (("US-AZ",), "2026-07-15 10:30", "outside_there"),
        ],
    )
    def test_hold_in_every_place_where_the_callee_may_be(
        self, places: tuple[str, ...], local: str, expected: str
    ) -> None:
        facts = american(at=wall(local, "eastern"), callee__provinces=places)

        assert reason(RULE, facts, book=us()) == expected

    @pytest.mark.parametrize("rule", [RULE, "US-TIM-02"])
    @pytest.mark.parametrize(
        ("places", "expected"),
        [
            ((), "locality_unknown"),
            (("US-GU",), "zone_unknown"),
            (("CN-BJ",), "zone_unknown"),
            (("US-NY", "CN-*"), "zone_unknown"),
            (("US-NY",), "allow"),
        ],
    )
    def test_are_unknown_where_the_zone_is(
        self, rule: str, places: tuple[str, ...], expected: str
    ) -> None:
        assert reason(rule, american(callee__provinces=places), book=us()) == expected

    def test_of_an_unknown_purpose_there_are_none(self) -> None:
        assert reason(RULE, american(filing__purpose="P9"), book=us()) == "purpose_unknown"

    @given(
        at=instants,
        place=st.sampled_from(sorted(PLACES)),
        other=st.sampled_from(sorted(PLACES)),
    )
    @example(at=wall("2026-03-07 21:00", "eastern"), place="US-NY", other="US-NY")
    @example(at=wall("2026-10-31 21:00", "eastern"), place="US-*", other="US-AZ")
    def test_agree_with_the_worlds_own_table_of_zones(
        self, at: datetime, place: str, other: str
    ) -> None:
        zones = {*PLACES[place], *PLACES[other]}

        answer = ask(RULE, american(at=at, callee__provinces=(place, other)), book=us())

        open_now = all(is_calling_time(at, zone) for zone in zones)
        assert (answer.verdict is Verdict.ALLOW) == open_now
        if not open_now:
            then = answer.retry_at
            assert then is not None
            assert then > at
            assert all(is_calling_time(then, zone) for zone in zones)
            assert not all(is_calling_time(then - MOMENT, zone) for zone in zones)


class TestZone:
    @pytest.mark.parametrize(
        ("forward", "back"),
        [
            ("2025-03-09 07:00", "2025-11-02 06:00"),
            ("2026-03-08 07:00", "2026-11-01 06:00"),  # both months begin on a Sunday
            ("2027-03-14 07:00", "2027-11-07 06:00"),
            ("2028-03-12 07:00", "2028-11-05 06:00"),
        ],
    )
    def test_changes_its_clocks_at_two_to_the_microsecond(self, forward: str, back: str) -> None:
        hour, zone = timedelta(hours=1), ZoneInfo(NAMES["eastern"])
        daylight = Daylight(begins=(3, 2), ends=(11, 1), hour=2, gain=hour)
        eastern = Zone(standard=-5 * hour, daylight=daylight)
        begin, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (forward, back))

        offsets = [
            (eastern.offset(at), at.astimezone(zone).utcoffset())
            for at in (begin - MOMENT, begin, end - MOMENT, end)
        ]

        winter, summer = (-5 * hour,) * 2, (-4 * hour,) * 2
        assert offsets == [winter, summer, summer, winter]


class TestNumbers:
    def rewritten(self, **tables: Any) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"]["US-TIM-02"]["params"][0] |= tables
            if set(tables) == {"daylight"}:
                del pack["rules"]["US-TIM-02"]["floor"]["daylight"]

        other_book(change, pack_id="us")

    @pytest.mark.parametrize(
        "tables",
        [
            {"places": PLACES | {"US-NY": []}},
            {"places": PLACES | {"US-NY": ["middle"]}},
            {"places": PLACES | {"US-*": ["eastern"]}},
            {"zones": {}},
            {"zones": {"eastern": {"minutes": -240, "daylight": True}}},
            {"daylight": {"hour": 2, "minutes": 60}},
            {"more": 1},
        ],
    )
    def test_leave_no_place_without_its_zones(self, tables: dict[str, Any]) -> None:
        with pytest.raises(PackError):
            self.rewritten(**tables)

    @pytest.mark.parametrize("least", [(1, 1), (0, 1), (1, 0)])
    @pytest.mark.parametrize("end", ["begins", "ends"])
    def test_of_months_and_sundays_begin_with_the_first(
        self, least: tuple[int, int], end: str
    ) -> None:
        plain = {"month": 6, "sunday": 1}
        daylight = {"begins": plain, "ends": plain, "hour": 0, "minutes": 1}
        daylight[end] = {"month": least[0], "sunday": least[1]}

        if least == (1, 1):
            self.rewritten(daylight=daylight)
        else:
            with pytest.raises(PackError, match="at least 1"):
                self.rewritten(daylight=daylight)

    @pytest.mark.parametrize(("hour", "minutes"), [(-1, 1), (0, 0)])
    def test_of_the_change_are_an_hour_of_the_day_and_some_gain(
        self, hour: int, minutes: int
    ) -> None:
        first = {"month": 6, "sunday": 1}

        with pytest.raises(PackError, match="at least"):
            self.rewritten(
                daylight={"begins": first, "ends": first, "hour": hour, "minutes": minutes}
            )

    @pytest.mark.parametrize("windows", [["08:00-21:01"], ["07:59-21:00"]])
    def test_go_no_further_than_the_law(self, windows: list[str]) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"][RULE]["params"][0]["P1"] = windows

        with pytest.raises(PackError, match="looser"):
            other_book(change, pack_id="us")

    @pytest.mark.parametrize("windows", [[], ["20:50-21:00"]])
    def test_that_never_agree_let_nobody_be_called(self, windows: list[str]) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"][RULE]["params"][0] |= dict.fromkeys(PURPOSES, windows)

        facts = american(callee__provinces=("US-NY", "US-CA"))

        assert reason(RULE, facts, book=other_book(change, pack_id="us")) == "never_there"

    def test_may_be_several_windows_of_a_day(self) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"][RULE]["params"][0]["P1"] = ["09:00-12:00", "14:00-20:00"]

        split = other_book(change, pack_id="us")

        def answer_at(clock: str) -> Any:
            return ask(RULE, american(at=wall(f"2026-03-11 {clock}", "eastern")), book=split)

        assert answer_at("08:59").retry_at == wall("2026-03-11 09:00", "eastern")
        assert answer_at("12:00").retry_at == wall("2026-03-11 14:00", "eastern")
        assert answer_at("20:00").retry_at == wall("2026-03-12 09:00", "eastern")
        assert answer_at("14:00").verdict is Verdict.ALLOW
