"""An import's difference and outcome, as people read it in both languages and as programs do."""

import json
from collections.abc import Sequence
from pathlib import Path

from compliance.imports.outcome import Imported
from compliance.imports.staging import StagedReject
from compliance.lists.columns import named
from compliance.models import ListImport
from compliance.numbers import Words

SHOWN = 20  # rejects that are listed on the screen; the file has all
IN_JSON = 1000
Stage = ListImport.Stage

WOULD = Words(
    "共 {rows} 行。应用后：新增 {added}，变更 {changed}，已有 {known}，退回 {rejects}。",
    "{rows} rows. Applied, it comes to: {added} added, {changed} changed, {known} known already, "
    "{rejects} rejected.",
)
DID = Words(
    "共 {rows} 行：新增 {added}，变更 {changed}，已有 {known}，退回 {rejects}。",
    "{rows} rows: {added} added, {changed} changed, {known} known already, {rejects} rejected.",
)
KEPT = Words(
    "名单中没有的人，其已有记录一律不变。",
    "Whoever is not on the list keeps what is on record.",
)
WITHDRAWN = Words(
    "{count} 行是本人此后已撤回的同意，不导入。",
    "{count} rows are consents that the person has taken back since; they are not imported.",
)
STAGED = Words(
    "尚未应用，什么都没有改变。应用：--apply {number}；放弃：--discard {number}。",
    "It waits, and nothing was changed. Apply it with --apply {number}, "
    "or let go of it with --discard {number}.",
)
NOTHING_NEW = Words("没有新内容，什么都没有改变。", "There is nothing new; nothing was changed.")
REHEARSED = Words("这是试运行，什么都没有改变。", "This was a dry run; nothing was changed.")
LET_GO = Words("已放弃，什么都没有改变。", "It was let go of; nothing was changed.")
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
    """What one import is or came to; numbers are masked for people and programs alike."""

    def __init__(
        self,
        *,
        shown: Sequence[StagedReject] = (),
        reject_file: Path | None = None,
        dropped: Sequence[str] = (),
        dry: bool = False,
    ) -> None:
        """Keep what only the process that read the file knows."""
        self._shown = shown
        self._rejects = reject_file
        self._dropped = dropped
        self._dry = dry

    def difference(self, done: Imported) -> str:
        """Return what applying it would change, in sentences."""
        rest = done.rejects - len(self._shown[:SHOWN])
        return _sentences(
            *(_row(one) for one in self._shown[:SHOWN]),
            MORE.filled(count=rest) if rest and self._shown else None,
            _counts(WOULD, done),
            WITHDRAWN.filled(count=done.withdrawn) if done.withdrawn else None,
            KEPT,
            DROPPED.filled(names=named(self._dropped)) if self._dropped else None,
            *done.notes,
            CORRECT.filled(path=self._rejects) if self._rejects else None,
        )

    def outcome(self, done: Imported) -> str:
        """Return what came of it, in sentences."""
        return _sentences(_counts(DID, done) if done.applied else None, self._unchanged(done))

    def _unchanged(self, done: Imported) -> Words | None:
        if self._dry:
            return REHEARSED
        return {
            Stage.PLANNED: STAGED.filled(number=done.number),
            Stage.UNCHANGED: NOTHING_NEW,
            Stage.DISCARDED: LET_GO,
        }.get(Stage(done.stage))

    def as_json(self, done: Imported) -> str:
        """Return one JSON object."""
        return json.dumps(
            {
                "import": done.number,
                "stage": done.stage,
                "file_sha256": done.file_sha256,
                "target": done.target if done.applied else None,
                "changed": done.applied and bool(done.new),
                "dry_run": self._dry,
                "rows": done.rows,
                "added": done.added,
                "renewed": done.changed,
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


def _counts(words: Words, done: Imported) -> Words:
    return words.filled(
        rows=done.rows,
        added=done.added,
        changed=done.changed,
        known=done.known,
        rejects=done.rejects,
    )


def _sentences(*said: Words | None) -> str:
    return "\n".join(f"{words.zh}\n{words.en}" for words in said if words)


def _row(one: StagedReject) -> Words:
    return ROW.filled(line=one.line, value=one.masked, zh=one.zh, en=one.en)


def _row_json(one: StagedReject) -> dict[str, object]:
    return {"line": one.line, "value": one.masked, "code": one.code, "zh": one.zh, "en": one.en}
