"""The attacks of the threat model, and what catches each at each level."""

from collections.abc import Callable, Set
from dataclasses import dataclass

from audit.models import AuditLeaf, AuditPending
from tests.audit.attacks.attacker import EMPTY, Attacker, Level
from tests.audit.attacks.scene import BACKUP, HELD, SEALED, VICTIM

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """One attack, and the checks that tell of it, level by level."""

    name: str
    zh: str
    do: Callable[[Attacker], None]
    l1: Set[str]
    l2: Set[str]
    l3: Set[str]

    def caught(self, level: Level) -> Set[str]:
        return {Level.L1: self.l1, Level.L2: self.l2, Level.L3: self.l3}[level]


def nothing(attacker: Attacker) -> None:
    pass


def erase_lawfully(attacker: Attacker) -> None:
    attacker.execute("DELETE FROM audit_pii WHERE subject = 'person:12'")


def alter_body(attacker: Attacker) -> None:
    attacker.rewrite(attacker.order[VICTIM], '"u:17"', '"u:18"', "actor = 'u:18'")
    attacker.cover_up()


def backdate(attacker: Attacker) -> None:
    earlier = "ts = ts - interval '1 second'"
    attacker.rewrite(attacker.order[VICTIM], "T20:09:01.", "T20:09:00.", earlier)
    attacker.cover_up()


def alter_column(attacker: Attacker) -> None:
    victim = attacker.order[VICTIM]
    attacker.execute("UPDATE audit_entry SET actor = 'u:18' WHERE id = %s", [victim])
    attacker.cover_up()


def delete_sealed(attacker: Attacker) -> None:
    attacker.delete([attacker.order[VICTIM]])
    attacker.cover_up()


def truncate_covered(attacker: Attacker) -> None:
    attacker.delete(attacker.order[HELD - 5 :])
    attacker.cover_up()


def truncate_newer(attacker: Attacker) -> None:
    waiting = list(AuditPending.objects.values_list("entry_id", flat=True))
    attacker.delete([*attacker.order[HELD:], *waiting])
    attacker.cover_up()


def reorder(attacker: Attacker) -> None:
    order = attacker.order
    one, other = order[VICTIM], order[VICTIM + 1]
    for entry, index in ((-1, VICTIM), (one, VICTIM + 1), (other, VICTIM)):
        move = "UPDATE audit_leaf SET entry_id = %s WHERE leaf_index = %s"
        attacker.execute(move, [entry, index])
    order[VICTIM], order[VICTIM + 1] = other, one
    attacker.cover_up()


def forge_in_the_middle(attacker: Attacker) -> None:
    forged = attacker.forge(VICTIM)
    attacker.execute("DELETE FROM audit_pending WHERE entry_id = %s", [forged])
    order = attacker.order
    attacker.place([*order[:VICTIM], forged, *order[VICTIM:]])
    attacker.cover_up()


def forge_at_the_tail(attacker: Attacker) -> None:
    attacker.forge(500)
    attacker.cover_up()


def swap_leaf_hash(attacker: Attacker) -> None:
    attacker.execute(
        "UPDATE audit_leaf SET leaf_hash = sha256('x') WHERE leaf_index = %s", [VICTIM]
    )
    attacker.cover_up()


def overwrite_tile(attacker: Attacker) -> None:
    attacker.execute("UPDATE audit_tile SET hashes = overlay(hashes PLACING sha256('x') FROM 1)")
    attacker.cover_up()


def alter_root(attacker: Attacker) -> None:
    attacker.execute("UPDATE audit_state SET root = sha256('x')")
    attacker.cover_up()


def empty_everything(attacker: Attacker) -> None:
    for table in ("pii", "pending", "leaf", "tile", "checkpoint", "entry"):
        attacker.execute(f"DELETE FROM audit_{table}")
    attacker.execute(EMPTY)
    attacker.order = []
    attacker.cover_up()


def delete_unsealed(attacker: Attacker) -> None:
    attacker.delete(list(AuditPending.objects.values_list("entry_id", flat=True)[:1]))
    attacker.cover_up()


def unqueue(attacker: Attacker) -> None:
    first = "(SELECT min(entry_id) FROM audit_pending)"
    attacker.execute(f"DELETE FROM audit_pending WHERE entry_id = {first}")
    attacker.cover_up()


def delete_checkpoints(attacker: Attacker) -> None:
    attacker.execute("DELETE FROM audit_checkpoint WHERE size < %s", [SEALED[-1]])
    attacker.cover_up()


def alter_personal(attacker: Attacker) -> None:
    attacker.execute("UPDATE audit_pii SET value = '+8613900139000' WHERE subject = 'person:12'")
    attacker.cover_up()


def restore_backup(attacker: Attacker) -> None:
    """Go on from an older state of the whole database, which belongs together by itself."""
    waiting = list(AuditPending.objects.values_list("entry_id", flat=True))
    attacker.delete([*attacker.order[BACKUP:], *waiting])
    AuditLeaf.objects.filter(leaf_index__gte=BACKUP).delete()
    attacker.cover_up(always=True)


BODY = {"rows", "tree", "checkpoint", "mac", "held", "receipts"}
SHORTER = {"complete", "held", "receipts"}
CHANGED = {"signer", "published", "held", "receipts"}  # sealed history, all recomputed
BACK = {"signer", "published", "receipts"}  # … where the held checkpoint still is a prefix
OUTSIDE = {"held", "receipts"}
MOVED = {"rows", "tree", "checkpoint", "held"}

TABLE = (
    Row("control: nothing", "对照：什么也不做", nothing, NOTHING, NOTHING, NOTHING),
    Row(
        "control: lawful erasure",
        "对照：依法删除个人信息",
        erase_lawfully,
        NOTHING,
        NOTHING,
        NOTHING,
    ),
    Row("alter a body", "改动条目正文", alter_body, BODY, CHANGED | {"mac"}, OUTSIDE),
    Row("backdate an entry", "把条目日期改早", backdate, BODY, CHANGED | {"mac"}, OUTSIDE),
    Row(
        "alter a column only",
        "只改检索列",
        alter_column,
        {"projection"},
        {"projection"},
        {"projection"},
    ),
    Row("delete a sealed entry", "删除已封存条目", delete_sealed, SHORTER, CHANGED, OUTSIDE),
    Row(
        "cut off what the held checkpoint covers",
        "截去库外检查点已覆盖的尾部",
        truncate_covered,
        SHORTER,
        CHANGED,
        OUTSIDE,
    ),
    Row(
        "cut off what is newer, and the queue",
        "截去更新的尾部与队列",
        truncate_newer,
        SHORTER,
        BACK,
        {"receipts"},
    ),
    Row("reorder two entries", "调换两条顺序", reorder, MOVED, CHANGED - {"receipts"}, {"held"}),
    Row(
        "forge an entry in the middle",
        "在中间伪造一条",
        forge_in_the_middle,
        {"tree", "checkpoint", "mac", "signer", "held"},
        (CHANGED | {"mac"}) - {"receipts"},
        {"held"},
    ),
    Row(
        "forge an entry at the tail",
        "在尾部伪造一条",
        forge_at_the_tail,
        {"mac", "quarantine"},
        {"mac", "quarantine"},
        NOTHING,  # whoever holds every key can add lies; none of the past is lost by it
    ),
    Row(
        "swap a leaf's hash", "改动树叶哈希", swap_leaf_hash, {"rows"}, NOTHING, NOTHING
    ),  # L2 puts it right
    Row("overwrite a tile", "覆盖树块", overwrite_tile, {"tree", "signer"}, NOTHING, NOTHING),
    Row("alter the root", "改动树根", alter_root, {"tree", "signer"}, NOTHING, NOTHING),
    Row(
        "empty every table of the trail",
        "清空审计各表",
        empty_everything,
        CHANGED,
        CHANGED,
        OUTSIDE,
    ),
    Row(
        "delete an entry before it is sealed",
        "封存前删除条目",
        delete_unsealed,
        {"receipts"},
        {"receipts"},
        {"receipts"},
    ),
    Row(
        "take an entry off the queue", "从队列中移除条目", unqueue, {"queue"}, {"queue"}, {"queue"}
    ),
    Row(
        "delete checkpoints",
        "删除库中检查点",
        delete_checkpoints,
        {"published"},
        {"published"},
        NOTHING,
    ),
    Row(
        "alter personal data",
        "改动个人信息明文",
        alter_personal,
        {"personal"},
        {"personal"},
        {"personal"},
    ),
    Row(
        "restore a backup, and go on",
        "恢复旧备份并继续运行",
        restore_backup,
        BACK,
        BACK,
        {"receipts"},
    ),
)


def as_markdown() -> str:
    """Return the table as the page about threats shows it."""
    lines = ["| 攻击 attack | L1 | L2 | L3 |", "|---|---|---|---|"]
    for row in TABLE:
        cells = [_told(row, level) for level in Level]
        lines.append(f"| {row.zh} {row.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _told(row: Row, level: Level) -> str:
    nothing = "— (无告警 no alarm)" if row.name.startswith("control") else "**无 nothing**"
    return ", ".join(sorted(row.caught(level))) or nothing
