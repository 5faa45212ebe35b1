"""CN13-REF-04, 06, 08, 09 and CN13-CON-10: signs of a no, and whether a no is heard."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.rulebook.bound import PackError
from compliance.rulebook.facts import ATTEMPT_DAYS, ChannelFacts
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_attempt, make_facts, make_refusal
from tests.compliance.rulebook.filings import make_channels, make_external_list
from tests.compliance.rulebook.instants import WORKDAY_MORNING

DAY, HOUR, MOMENT = timedelta(days=1), timedelta(hours=1), timedelta(microseconds=1)


def rejected(days: float, **changes: Any) -> Any:
    return make_attempt(at=WORKDAY_MORNING - days * DAY, rejected=True, **changes)


def cut_short(days: float, **changes: Any) -> Any:
    return make_attempt(at=WORKDAY_MORNING - days * DAY, answered=True, **changes)


def cooled(*attempts: Any, **changes: Any) -> str:
    return reason("CN13-REF-06", make_facts(attempts=attempts, **changes))


class TestCoolDown:
    def test_begins_with_the_second_call_turned_away(self) -> None:
        assert cooled(rejected(1)) == "allow"
        assert cooled(rejected(2), rejected(1)) == "turned_away"
        assert cooled(rejected(91), rejected(1)) == "turned_away"  # 90 days apart
        assert cooled(rejected(91.1), rejected(1)) == "allow"

    def test_lasts_ninety_days(self) -> None:
        last = WORKDAY_MORNING - 89.9 * DAY
        answer = ask("CN13-REF-06", make_facts(attempts=(rejected(100), rejected(89.9))))

        assert answer.retry_at == last + 90 * DAY
        assert cooled(rejected(100), rejected(90)) == "allow"

    def test_lasts_thirty_days_after_a_call_cut_short(self) -> None:
        assert cooled(cut_short(29.9)) == "hung_up"
        assert cooled(cut_short(30)) == "allow"
        assert cooled(cut_short(1, conversation=True)) == "allow"
        assert cooled(cut_short(1, abandoned=True)) == "allow"  # nobody was there to talk to

    def test_lasts_from_the_last_call_turned_away(self) -> None:
        attempts = (rejected(20), rejected(19), rejected(1))

        answer = ask("CN13-REF-06", make_facts(attempts=attempts))

        assert answer.retry_at == WORKDAY_MORNING + 89 * DAY

    def test_may_last_as_long_as_the_facts_reach(self) -> None:
        def lengthen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-REF-06"]["params"][0]["hang_up_days"]["P3"] = ATTEMPT_DAYS

        assert other_book(lengthen).rule("CN13-REF-06") is not None

    def test_is_the_principals_own(self) -> None:
        other = {"same_principal": False}

        assert cooled(rejected(2, **other), rejected(1, **other)) == "allow"
        assert cooled() == "allow"

    @pytest.mark.parametrize("purpose", ["P2", "P7"])
    def test_gives_way_to_a_newer_request_and_to_an_emergency(self, purpose: str) -> None:
        assert cooled(rejected(2), rejected(1), purpose=purpose) == "allow"

    def test_is_presumed_when_nothing_can_be_read(self) -> None:
        assert reason("CN13-REF-06", make_facts(attempts=None)) == "ledger_unknown"
        assert reason("CN13-REF-06", make_facts(purpose="P9")) == "purpose_unknown"

    def test_cannot_be_longer_than_the_facts_reach(self) -> None:
        def lengthen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-REF-06"]["params"][0]["within_days"] = 99

        with pytest.raises(PackError, match="reach back"):
            other_book(lengthen)


def listed(*lists: Any, found: Any = (), **changes: Any) -> str:
    facts = make_facts(filing__external_lists=lists, callee__external_lists=found, **changes)
    return reason("CN13-REF-08", facts)


class TestExternalList:
    def test_refuses_who_is_on_it(self) -> None:
        assert listed(make_external_list(), found=("association",)) == "listed"
        assert listed(make_external_list()) == "allow"
        assert listed(make_external_list(), found=("another",)) == "allow"
        assert listed() == "not_applicable"

    @pytest.mark.parametrize(
        ("age", "expected"),
        [
            (24 * HOUR, "allow"),
            (24 * HOUR + MOMENT, "list_stale"),
            (0 * HOUR, "allow"),
            (-MOMENT, "list_stale"),  # of a future in which nobody has read it
            (None, "list_stale"),
        ],
    )
    def test_fails_closed_when_it_is_a_day_old(self, age: Any, expected: str) -> None:
        as_of = None if age is None else WORKDAY_MORNING - age

        assert listed(make_external_list(as_of=as_of)) == expected

    @pytest.mark.parametrize("path", ["filing__external_lists", "callee__external_lists"])
    def test_refuses_when_it_cannot_be_asked(self, path: str) -> None:
        assert reason("CN13-REF-08", make_facts(**{path: None})) == "lists_unknown"

    def test_that_is_stale_is_asked_about_again_soon(self) -> None:
        old = make_external_list(as_of=WORKDAY_MORNING - 24 * HOUR - MOMENT)

        answer = ask("CN13-REF-08", make_facts(filing__external_lists=(old,)))

        assert dict(answer.values) == {"list": "association", "hours": 24}
        assert answer.retry_at is not None
        assert WORKDAY_MORNING < answer.retry_at <= WORKDAY_MORNING + HOUR

    def test_can_be_demanded_of_an_industry(self) -> None:
        def demand(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-REF-08"]["params"][0]["required"] = ["insurance"]

        assert reason("CN13-REF-08", make_facts(), book=other_book(demand)) == "list_required"


class TestRefusalOfEverybody:
    def test_reaches_every_purpose_but_a_public_emergency(self) -> None:
        no = make_refusal(everywhere=True, same_principal=False)

        assert reason("CN13-REF-09", make_facts(refusals=(no,))) == "refused_everybody"
        facts = make_facts(purpose="P7", refusals=(no,))
        assert reason("CN13-REF-09", facts) == "not_applicable"


class TestSeat:
    @pytest.mark.parametrize(("times", "expected"), [(0, "allow"), (1, "allow"), (2, "overruled")])
    def test_is_suspended_at_the_second_refusal_it_wrote_down_as_something_else(
        self, times: int, expected: str
    ) -> None:
        assert reason("CN13-REF-04", make_facts(seat__overruled=times)) == expected

    def test_has_to_be_known(self) -> None:
        assert reason("CN13-REF-04", make_facts(seat=None)) == "seat_unknown"


class TestChannels:
    def ask(self, *channels: ChannelFacts) -> str:
        return reason("CN13-CON-10", make_facts(filing__channels=channels))

    def test_have_to_work_when_tried_this_week(self) -> None:
        assert self.ask(*make_channels(WORKDAY_MORNING - 7 * DAY)) == "allow"
        assert self.ask(*make_channels(WORKDAY_MORNING - 7 * DAY - MOMENT)) == "channel_untested"
        assert self.ask(*make_channels()[1:]) == "channel_untested"

    def test_stop_the_campaign_when_one_is_dead(self) -> None:
        dead = ChannelFacts(channel="sms", alive=False, tested_at=WORKDAY_MORNING)

        assert self.ask(*make_channels(), dead) == "channel_dead"

    def test_that_were_ever_tried_cannot_drop_out(self) -> None:
        old = ChannelFacts(channel="sms", alive=True, tested_at=WORKDAY_MORNING - 8 * DAY)

        assert self.ask(*make_channels(), old) == "channel_untested"

    def test_that_cannot_be_read_count_as_dead(self) -> None:
        facts = make_facts(filing__channels=None)

        assert reason("CN13-CON-10", facts) == "channels_unknown"
