import json
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest

from audit.body import BodyError, Entry, body
from audit.canonical import CanonicalError
from audit.commitment import commitment

EID = uuid.UUID("01a1ffdb-6b03-7123-8123-0138001380ab")
NOW = datetime(2026, 11, 21, 20, 8, 49, tzinfo=UTC)
SALT = bytes(32)


def make_entry(**changes: object) -> Entry:
    usual: dict[str, object] = {"action": "permit.issued", "obj": "lead:12345", "actor": "u:17"}
    return Entry(**(usual | changes))  # type: ignore[arg-type]


def write(entry: Entry, *, now: datetime = NOW) -> bytes:
    salts = dict.fromkeys(entry.pii, SALT)
    return body(entry, eid=EID, now=now, tenant="operator", salts=salts)


class TestBody:
    def test_is_the_documented_bytes(self) -> None:
        assert write(make_entry(data={"seats": 3})) == (
            b'{"action":"permit.issued","actor":"u:17","data":{"seats":3},'
            b'"eid":"01a1ffdb-6b03-7123-8123-0138001380ab","object":"lead:12345","outcome":"ok",'
            b'"pii":{},"tenant":"operator","ts":"2026-11-21T20:08:49.000000Z","v":1}'
        )

    def test_writes_the_instant_in_utc(self) -> None:
        shanghai = NOW.astimezone(timezone(timedelta(hours=8)))

        assert write(make_entry(), now=shanghai) == write(make_entry())

    def test_holds_a_commitment_in_place_of_personal_data(self) -> None:
        written = write(make_entry(pii={"number": "+8613800138000"}, subject="person:1"))

        expected = commitment(field="number", value="+8613800138000", salt=SALT)
        assert json.loads(written)["pii"] == {"number": expected}
        assert b"13800138000" not in written
        assert b"person:1" not in written

    @pytest.mark.parametrize(
        "changes",
        [
            {"action": "permit.invented"},
            {"action": ""},
            {"outcome": "perhaps"},
            {"obj": "lead"},
            {"obj": "lead:"},
            {"obj": "lead:张三"},
            {"obj": "lead:a b"},
            {"obj": "lead:1\n"},
            {"obj": "lead:" + "1" * 121},
            {"actor": "张三"},
            {"actor": ""},
            {"pii": {"number": "+8613800138000"}},
            {"pii": {"number": "+8613800138000"}, "subject": "me"},
        ],
    )
    def test_refuses(self, changes: dict[str, object]) -> None:
        with pytest.raises(BodyError):
            write(make_entry(**changes))

    @pytest.mark.parametrize(
        "changes",
        [
            {"obj": "lead:13800138000"},
            {"actor": "u:13800138000"},
            {"data": {"called": "13800138000"}},
            {"data": {"called": 13800138000}},
            {"data": {"deep": [{"note": "打给１３８００１３８０００"}]}},
            {"data": {"note": '","eid":"' + str(EID) + '" 13800138000'}},
        ],
    )
    def test_refuses_a_telephone_number_outside_pii(self, changes: dict[str, object]) -> None:
        with pytest.raises(BodyError, match="telephone number"):
            write(make_entry(**changes))

    def test_refuses_a_naive_instant(self) -> None:
        with pytest.raises(BodyError, match="naive"):
            write(make_entry(), now=datetime(2026, 11, 21))

    @pytest.mark.parametrize("data", [{"share": 0.03}, {"at": NOW}, {"Key": 1}])
    def test_refuses_data_without_canonical_form(self, data: dict[str, object]) -> None:
        with pytest.raises(CanonicalError):
            write(make_entry(data=data))

    def test_refuses_a_personal_field_with_a_bad_name(self) -> None:
        with pytest.raises(CanonicalError):
            write(make_entry(pii={"Número": "x"}, subject="person:1"))
