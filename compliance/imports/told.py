"""An import's outcome, as people read it in both languages and as programs read it."""

import json
from pathlib import Path

from compliance.imports.outcome import Imported
from compliance.imports.rows import ImportFile
from compliance.lists import Reject
from compliance.lists.columns import named
from compliance.numbers import Words

SHOWN = 20  # rejects that are listed on the screen; the file has all
IN_JSON = 1000

ADDED = Words(
    "共 {rows} 行：新增 {added}，已有 {known}，退回 {rejects}。",
    "{rows} rows: {added} added, {known} known already, {rejects} rejected.",
)
WITHDRAWN = Words(
    "{count} 行是本人此后已撤回的同意，未导入。",
    "{count} rows are consents that the person has taken back since; they were not imported.",
)
NOTHING_NEW = Words("没有新内容，什么都没有改变。", "There is nothing new; nothing was changed.")
REHEARSED = Words("这是试运行，什么都没有改变。", "This was a dry run; nothing was changed.")
CORRECT = Words(
    "退回的行在 {path}。更正后可直接再次导入该文件。",
    "The rejected rows are in {path}. Correct them there and import that file.",
)
DROPPED = Words(
    "以下列不允许导入，已忽略：{names}。",
    "Columns that may not be imported were left out: {names}.",
)
MORE = Words("……另有 {count} 行。", "… and {count} more rows.")
ROW = Words("第 {line} 行 {value}：{zh}", "Line {line} {value}: {en}")


class Told:
    """What came of one import; numbers are masked for people and programs alike."""

    def __init__(
        self,
        done: Imported,
        shown: list[Reject],
        rejects: Path | None,
        file: ImportFile,
        *,
        dry: bool,
    ) -> None:
        self._done = done
        self._shown = shown
        self._rejects = rejects
        self._dropped = file.headings.dropped
        self._dry = dry

    @property
    def _changed(self) -> bool:
        return bool(self._done.added) and not self._dry

    def as_text(self) -> str:
        """Return sentences, each in Chinese and then in English."""
        lines = [words for words in self._sentences() if words]
        return "\n".join(f"{words.zh}\n{words.en}" for words in lines)

    def _sentences(self) -> list[Words | None]:
        done = self._done
        rest = len(self._shown[SHOWN:]) + done.rejects - len(self._shown)
        return [
            *(_row(one) for one in self._shown[:SHOWN]),
            MORE.filled(count=rest) if rest else None,
            ADDED.filled(rows=done.rows, added=done.added, known=done.known, rejects=done.rejects),
            WITHDRAWN.filled(count=done.withdrawn) if done.withdrawn else None,
            DROPPED.filled(names=named(self._dropped)) if self._dropped else None,
            *done.notes,
            CORRECT.filled(path=self._rejects) if self._rejects else None,
            self._unchanged(),
        ]

    def _unchanged(self) -> Words | None:
        if self._dry:
            return REHEARSED
        return None if self._done.added else NOTHING_NEW

    def as_json(self) -> str:
        """Return one JSON object."""
        done = self._done
        return json.dumps(
            {
                "file_sha256": done.file_sha256,
                "target": done.target if self._changed else None,
                "changed": self._changed,
                "dry_run": self._dry,
                "rows": done.rows,
                "added": done.added,
                "known": done.known,
                "withdrawn": done.withdrawn,
                "rejected": done.rejects,
                "rejected_by_code": dict(sorted(done.rejected.items())),
                "rejects": [_row_json(one) for one in self._shown],
                "reject_file": str(self._rejects) if self._rejects else None,
                "columns_dropped": named(self._dropped),
                "notes": [{"zh": words.zh, "en": words.en} for words in done.notes],
            },
            ensure_ascii=False,
        )


def _row(one: Reject) -> Words:
    return ROW.filled(line=one.line, value=one.value_masked, zh=one.zh, en=one.en)


def _row_json(one: Reject) -> dict[str, object]:
    return {
        "line": one.line,
        "value": one.value_masked,
        "code": one.code.value,
        "zh": one.zh,
        "en": one.en,
    }
