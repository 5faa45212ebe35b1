"""Fixtures of the import, question and request tests; import them into a conftest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import House, build_house
from tests.compliance.imports.refusing import HEADINGS, row
from tests.stages import staged


@staged
def house() -> House:
    """A call centre with one active campaign, at a fixed instant."""
    return build_house()


@pytest.fixture
def static_folder(tmp_path: Path) -> Iterator[None]:
    """Give the middleware for static files the folder that it insists on."""
    with override_settings(STATIC_ROOT=tmp_path):
        yield


@pytest.fixture
def refusals(tmp_path: Path) -> Path:
    table = [
        HEADINGS,
        row("13800138000"),
        row("139-1111-2223", 范围="本公司", 来源="短信", 拒绝时间="2026-03-01", 凭证="短信 7 号"),
        row("not a number"),
    ]
    return write_text(tmp_path / "拒绝.csv", table, encoding="gb18030")
