"""What the renderings show of each entry, read from the evidence itself: entries.jsonl."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit.actions import BY_NAME

WITHHELD = "未披露或已删除 withheld or erased"
HEADING = (
    *("序号 index", "eid", "时间 time (UTC)", "事项 action", "说明 meaning", "操作者 actor"),
    *("对象 object", "结果 outcome", "数据 data", "个人信息 personal data"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def rows(entries: Path) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each entry of a bundle, in the order of `HEADING`."""
    with entries.open("rb") as file:
        for line in file:
            yield _row(json.loads(line))


def safe(cell: str) -> str:
    """Return the cell as text that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(line: dict[str, Any]) -> tuple[str, ...]:
    said = _said(b64decode(line["b"]))
    action = BY_NAME.get(str(said.get("action")))
    disclosed = {name: one["v"] for name, one in line.get("d", {}).items()}
    committed = said.get("pii")
    names = committed if isinstance(committed, dict) else {}
    personal = [f"{name}: {disclosed.get(name, WITHHELD)}" for name in names]
    return (
        str(line["i"]),
        *(_text(said, name) for name in ("eid", "ts", "action")),
        f"{action.zh} {action.en}" if action else "",
        *(_text(said, name) for name in ("actor", "object", "outcome")),
        json.dumps(said.get("data", {}), ensure_ascii=False, sort_keys=True),
        "; ".join(personal),
    )


def _said(body: bytes) -> dict[str, Any]:
    """Return what an entry says; one that was altered may say nothing that can be shown."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {}


def _text(said: dict[str, Any], name: str) -> str:
    return str(said.get(name, ""))
