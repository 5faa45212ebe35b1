import uuid
from datetime import UTC, datetime

import pytest

from audit.merkle import leaf_hash
from audit.receipts.receipt import Receipt, receipt_in

EID = uuid.UUID("01a1ffdb-6b03-7123-8123-0138001380ab")
TS = datetime(2026, 11, 21, 20, 8, 49, 123456, tzinfo=UTC)
RECEIPT = Receipt.of(eid=EID, ts=TS, body=b"{}")


class TestReceipt:
    def test_names_the_entry_and_the_hash_of_its_leaf(self) -> None:
        leaf = leaf_hash(b"{}").hex()
        assert RECEIPT.line() == f"yunhu-receipt/1 {EID} 2026-11-21T20:08:49.123456Z {leaf}"

    @pytest.mark.parametrize("around", ["{}", "Nov 22 10:00:01 db1 yunhu: {}\n", "{} \r\n"])
    def test_is_found_again_in_a_line_of_a_log(self, around: str) -> None:
        assert receipt_in(around.format(RECEIPT.line())) == RECEIPT

    @pytest.mark.parametrize("line", ["", "yunhu-receipt/1", RECEIPT.line()[:-1], "sshd: hello"])
    def test_is_not_read_into_anything_else(self, line: str) -> None:
        assert receipt_in(line) is None
