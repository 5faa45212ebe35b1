"""Log lines without phone numbers."""

import logging

import pytest

from config.redaction import MaskingFormatter, masked


class TestMasked:
    @pytest.mark.parametrize(
        ("line", "safe"),
        [
            ("to 13812345678.", "to 138****5678."),
            ("to +8613812345678", "to +86138****5678"),
            ("to 008613812345678;", "to 0086138****5678;"),
            ("to 138 1234 5678", "to 138**** 5678"),
            ("to 138-1234-5678", "to 138****-5678"),
            ("sip:13812345678@carrier", "sip:138****5678@carrier"),
            ("from 02087654321", "from 0208****4321"),
            ("from 010-87654321", "from 010-****4321"),
            ("to +442071234567", "to +442****4567"),
        ],
    )
    def test_hides_the_middle(self, line: str, safe: str) -> None:
        assert masked(line) == safe

    @pytest.mark.parametrize(
        "line",
        [
            "2026-03-02 10:00:00,123 permit 4f1b13812345678c",  # part of an identifier
            "at 1763764800000 ms",
            "127.0.0.1:20123",
            "attempt 13812345",
        ],
    )
    def test_leaves_what_is_no_number(self, line: str) -> None:
        assert masked(line) == line


class TestMaskingFormatter:
    def test_covers_arguments_and_tracebacks(self) -> None:
        problem = ValueError("cannot parse 13812345678")
        trace = (ValueError, problem, None)
        record = logging.LogRecord("n", 40, __file__, 1, "no %s", ("13900001111",), trace)

        line = MaskingFormatter("%(message)s").format(record)

        assert "13812345678" not in line
        assert "13900001111" not in line
        assert "138****5678" in line
