import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.uuid7 import uuid7

NOW = datetime(2026, 11, 21, 20, 8, 49, 123456, tzinfo=UTC)


class TestUuid7:
    def test_is_version_7_of_the_rfc_variant(self) -> None:
        made = uuid7(NOW)

        assert made.version == 7
        assert made.variant == uuid.RFC_4122

    def test_starts_with_the_milliseconds_of_the_instant(self) -> None:
        made = uuid7(NOW)

        assert made.int >> 80 == 1795291729123

    @given(
        at=st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)),
        later=st.integers(1, 10**9),
    )
    def test_sorts_by_the_instant(self, at: datetime, later: int) -> None:
        assert uuid7(at) < uuid7(at + timedelta(milliseconds=later))

    def test_does_not_depend_on_the_zone(self) -> None:
        shanghai = NOW.astimezone(timezone(timedelta(hours=8)))

        assert uuid7(shanghai).int >> 80 == uuid7(NOW).int >> 80

    def test_never_repeats_within_one_instant(self) -> None:
        assert len({uuid7(NOW) for _ in range(2000)}) == 2000

    @pytest.mark.parametrize("now", [datetime(2026, 11, 21), datetime(1969, 12, 31, tzinfo=UTC)])
    def test_refuses_a_naive_instant_and_one_before_1970(self, now: datetime) -> None:
        with pytest.raises(ValueError, match="An identifier"):
            uuid7(now)
