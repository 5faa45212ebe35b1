#!/usr/bin/env python3
"""Check a bundle of the audit trail, offline, trusting nobody who made it (离线核验审计证据包).

    python3 verify.py BUNDLE --vkey VKEY [--vkey NEWER] [--held OLD_CHECKPOINT] [--witness VKEY]
                      [--cdr CALLS.csv] [--lang zh|en] [--json]

One file, Python 3.8 or later, nothing but the standard library, nothing of the system that made
the bundle. The key comes on paper from whoever runs the trail, never out of the bundle.

Exit 0: verified. 1: not verified; the sentence names the first bad entry. 2: could not check.

What it relies on: RFC 8032 (Ed25519), RFC 9162 2.1 (Merkle trees), RFC 8785 (canonical JSON, the
subset without floats), C2SP signed-note, tlog-checkpoint and tlog-cosignature. docs/verifying.md
tells how to use it, and what each verdict does and does not prove.
"""

from __future__ import annotations

import argparse
import binascii
import csv
import datetime
import functools
import hashlib
import hmac
import json
import os
import re
import sys
from typing import (
    Any,
    BinaryIO,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Set,
    Tuple,
)

FORMAT = "yunhu-audit-bundle/1"

# What a bundle says of itself and what its verdict says: (zh, en).
SAYS = {
    "range": (
        "本包是审计记录的一段连续区间：验证通过即证明区间内的条目一条不缺、未被改动。",
        "This bundle is an unbroken range of the audit trail: verified, it proves that the range"
        " is complete and unaltered.",
    ),
    "filtered": (
        "本包是筛选出的条目：验证通过只证明其中每一条真实、未被改动，并不证明没有遗漏。",
        "These entries were selected: verified, the bundle proves that each one is genuine and"
        " unaltered, and no more. It does not prove that none was left out.",
    ),
}

SENTENCES: Dict[str, Tuple[str, str]] = {
    # Verdicts
    "verified": ("核验通过。", "Verified."),
    "not_verified": ("核验未通过：{why}", "Not verified: {why}"),
    "not_checked": ("无法核验：{why}", "Could not check: {why}"),
    "range_holds": (
        "第 {lo} 至 {last} 条共 {count} 条，全部在此。检查点共 {size} 条。",
        "All {count} entries from {lo} to {last} are here. The checkpoint covers {size}.",
    ),
    "filtered_holds": (
        "{count} 条均属于检查点所签的 {size} 条记录。",
        "Each of the {count} entries is one of the {size} that the checkpoint signs.",
    ),
    "signed": ("签名有效：{origin}，密钥 {keys}。", "Signed by {origin}, key {keys}."),
    "witnessed": ("见证签名有效：{name}，{at}。", "Witnessed by {name} at {at}."),
    "held": (
        "与此前留存的检查点（{size} 条）一致。",
        "Consistent with the older checkpoint of {size} entries that you hold.",
    ),
    "personal": (
        "个人信息字段：{disclosed} 项已披露且与承诺值一致，{withheld} 项未披露或已删除。",
        "Personal fields: {disclosed} disclosed and as committed, {withheld} withheld or erased.",
    ),
    "digest": ("证据包 SHA-256：{sha256}", "SHA-256 of the bundle: {sha256}"),
    "stamped": (
        "附有时间戳 checkpoint.tsr，本工具不核验：请用 openssl ts -verify。",
        "A time stamp checkpoint.tsr is here; check it with openssl ts -verify.",
    ),
    "calls_match": (
        "话单 {rows} 条与已使用许可 {entries} 条逐一相符。",
        "The carrier's {rows} calls and the {entries} permits spent match one to one.",
    ),
    # Could not check
    "usage": ("{what}", "{what}"),
    "unreadable": ("读不到 {name}。", "{name} cannot be read."),
    "bad_vkey": ("“{vkey}” 不是有效的验证公钥。", "{vkey} is not a verifier key."),
    "cdr_unreadable": (
        "话单第 {line} 行读不懂：{what}。",
        "Line {line} of the call records cannot be read: {what}.",
    ),
    "calls_withheld": (
        "{count} 条已使用许可未披露号码，无法与话单比对；可比对的均相符。",
        "{count} permits spent do not disclose their numbers and could not be compared; the"
        " others match.",
    ),
    "unforeseen": ("核验程序遇到意外情况（{what}）。", "Something unforeseen: {what}."),
    "interrupted": ("核验被中断。", "Interrupted."),
    # Not verified: the bundle as a whole
    "too_large": ("{name} 大得不合理。", "{name} is larger than it can be."),
    "note": ("检查点不是有效的签名文本。", "The checkpoint is not a signed note."),
    "held_note": ("{name} 不是有效的签名文本。", "{name} is not a signed note."),
    "signature": ("检查点签名无效。", "A signature of the checkpoint is wrong."),
    "unsigned": (
        "检查点没有用您给出的密钥签名。",
        "The checkpoint is not signed with a key that you gave.",
    ),
    "witness_missing": ("没有见证人 {name} 的签名。", "Witness {name} has not cosigned."),
    "witness_wrong": ("见证人 {name} 的签名无效。", "The cosignature of {name} is wrong."),
    "manifest": ("manifest.json 不合格式：{what}。", "manifest.json is malformed: {what}."),
    "origin": ("来源不一致。", "The origins differ."),
    "held_newer": (
        "您留存的检查点（{held} 条）比证据包（{size} 条）更新。",
        "The checkpoint that you hold ({held} entries) is newer than the bundle's ({size}).",
    ),
    "held_fork": (
        "与您留存的检查点（{held} 条）矛盾：记录被改写过。",
        "It contradicts the checkpoint that you hold ({held} entries): history was rewritten.",
    ),
    "held_unproved": (
        "没有与您留存的检查点（{held} 条）一致的证明。",
        "Nothing proves it consistent with the checkpoint that you hold ({held} entries).",
    ),
    "root": (
        "条目与签名的根哈希不符：有条目或证明被一并改动，无法指出是哪一条。",
        "The entries do not give the signed root: an entry was altered along with its hash, or"
        " the proof was; which one cannot be told.",
    ),
    # Not verified: one entry
    "entry": ("第 {i} 条（eid {eid}）：{why}", "Entry {i} (eid {eid}): {why}"),
    "line": ("第 {line} 行不合格式：{what}。", "Line {line} is malformed: {what}."),
    "cut": ("文件在第 {line} 行中断。", "The file breaks off in line {line}."),
    "missing": ("缺少这一条。", "It is missing."),
    "order": ("条目重复或次序错误。", "It is repeated or out of order."),
    "beyond": ("超出检查点范围。", "It is beyond the checkpoint."),
    "altered": ("内容已被改动。", "It was altered."),
    "proof": ("内容或证明已被改动。", "The entry or its proof was altered."),
    "body": ("正文不合格式：{what}。", "The body is malformed: {what}."),
    "twice": ("同一 eid 出现两次。", "Its eid occurs twice."),
    "uncommitted": ("披露了没有承诺值的字段 {field}。", "It never committed to field {field}."),
    "disclosure": (
        "披露的字段 {field} 与承诺值不符。",
        "Field {field} is not what it committed to.",
    ),
    # Not verified: the calls
    "calls_differ": (
        "话单与已使用许可不符：话单多 {rows} 条，许可多 {entries} 条。",
        "The carrier's calls and the permits spent differ: {rows} calls without a permit,"
        " {entries} permits without a call.",
    ),
    "call_unmatched": (
        "话单第 {line} 行无对应许可：{at} {caller} → {callee}",
        "Line {line} of the call records has no permit: {at} {caller} → {callee}",
    ),
    "permit_unmatched": (
        "第 {i} 条（eid {eid}）无对应话单：{at} {caller} → {callee}",
        "Entry {i} (eid {eid}) has no call record: {at} {caller} → {callee}",
    ),
}


class Told(Exception):  # noqa: N818 - not every sentence is an error
    """A sentence that ends the check."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotVerified(Told):
    """What is here is not what was sealed: exit 1."""


class NotChecked(Told):
    """There is nothing to judge by: exit 2."""


# --- Ed25519, RFC 8032 5.1 ---------------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)

Point = Tuple[int, int, int, int]  # extended coordinates X, Y, Z, T
_ZERO: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    one = (a[1] - a[0]) * (b[1] - b[0]) % _P
    two = (a[1] + a[0]) * (b[1] + b[0]) % _P
    three = 2 * a[3] * b[3] * _D % _P
    four = 2 * a[2] * b[2] % _P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _is_zero(point: Point) -> bool:
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decoded(data: bytes) -> Optional[Point]:
    """Return the point, or None if these 32 bytes are not its one encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * v**3 * pow(u * v**7, (_P - 5) // 8, _P) % _P
    if v * x * x % _P == -u % _P:
        x = x * _ROOT % _P
    if v * x * x % _P != u or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _decoded((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little")) or _ZERO


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the key signed the message; one signature has one form, s < L included."""
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    key = _decoded(public)
    if s >= _L or key is None or _has_small_order(key):
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % _L
    minus = (-key[0] % _P, key[1], key[2], -key[3] % _P)
    # R = sB - kA, compared as bytes: an R that is not canonical equals nothing.
    return hmac.compare_digest(_encoded(_sum_of_products(s, k, minus)), signature[:32])


def _has_small_order(point: Point) -> bool:
    for _ in range(3):
        point = _add(point, point)
    return _is_zero(point)


def _sum_of_products(s: int, k: int, other: Point) -> Point:
    table = (_ZERO, _BASE, other, _add(_BASE, other))
    total = _ZERO
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        total = _add(total, total)
        which = (s >> bit & 1) | (k >> bit & 1) << 1
        if which:
            total = _add(total, table[which])
    return total


# --- Merkle trees, RFC 9162 2.1 ----------------------------------------------------------------


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of one entry."""
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


EMPTY_ROOT = hashlib.sha256(b"").digest()


def inclusion_root(index: int, size: int, leaf: bytes, path: List[bytes]) -> Optional[bytes]:
    """Return the root that the path leads to, RFC 9162 2.1.3.2; None if its length is wrong."""
    at, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(other, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: List[bytes]) -> bool:
    """Tell whether the tree of `new` leaves begins with the tree of `old`, RFC 9162 2.1.4.2."""
    if old > new:
        return False
    if old in (0, new):
        return not path and old_root == (new_root if old else EMPTY_ROOT)
    nodes = [old_root, *path] if old & (old - 1) == 0 else path
    return bool(nodes) and _both_roots(old - 1, new - 1, nodes) == (old_root, new_root)


def _both_roots(at: int, last: int, nodes: List[bytes]) -> Optional[Tuple[bytes, bytes]]:
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = nodes[0]
    for other in nodes[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, other)
        at, last = at >> 1, last >> 1
    return (old, new) if last == 0 else None


def levels_before(lo: int) -> List[int]:
    """Return the levels of the complete subtrees that make up the leaves before `lo`."""
    return [level for level in range(lo.bit_length() - 1, -1, -1) if lo >> level & 1]


def levels_after(hi: int, size: int) -> List[int]:
    """Return the levels of the complete subtrees that make up the leaves from `hi` to `size`."""
    levels = []
    while hi < size:
        level = (size - hi).bit_length() - 1
        if hi:
            level = min(level, (hi & -hi).bit_length() - 1)
        levels.append(level)
        hi += 1 << level
    return levels


class Growing:
    """The root of a tree to which leaves and complete subtrees are added from left to right."""

    def __init__(self, lo: int, left: List[bytes]) -> None:
        self.size = lo
        self._nodes = list(left)  # the complete subtrees of `size` leaves, largest first

    def add(self, found: bytes, level: int = 0) -> None:
        """Add the subtree of 2**level leaves that begins at `size`."""
        place = self.size >> level
        while place & 1:
            found = hashlib.sha256(b"\x01" + self._nodes.pop() + found).digest()
            place >>= 1
        self._nodes.append(found)
        self.size += 1 << level

    def root(self) -> bytes:
        """Return the root of what was added."""
        if not self._nodes:
            return EMPTY_ROOT
        found = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            found = node_hash(left, found)
        return found


# --- Canonical JSON: one value, one sequence of bytes ------------------------------------------

_GREATEST = 2**53 - 1
_DEEPEST = 32
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_known_keys: Set[str] = set()


class Malformed(ValueError):  # noqa: N818
    """The bytes are not canonical JSON; says why in a few words of English."""


def _no_float(_text: str) -> None:
    raise Malformed("a number is not an integer")


_decoder = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_scan = _decoder.scan_once  # type: ignore[attr-defined]  # typeshed leaves it out
_encode = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False
).encode


def strict(data: bytes) -> Any:
    """Return the value of canonical JSON.

    What is written again must be the same bytes: so no key occurs twice or out of order, and no
    whitespace, escape or number has a second form.
    """
    try:
        text = data.decode("utf-8")
        value, end = _scan(text, 0)
        _check_value(value, _DEEPEST)
        same = end == len(text) and _encode(value) == text
    except Malformed:
        raise
    except (StopIteration, ValueError, RecursionError):
        raise Malformed("not JSON in UTF-8") from None
    if not same:
        raise Malformed("not canonical JSON")
    return value


def _check_value(value: Any, levels: int) -> None:
    kind = type(value)
    if kind is dict:
        _check_keys(value)
        _check_items(value.values(), levels)
    elif kind is list:
        _check_items(value, levels)
    elif kind is int and not -_GREATEST <= value <= _GREATEST:
        raise Malformed("an integer is beyond 2^53-1")


def _check_items(items: Iterable[Any], levels: int) -> None:
    if not levels:
        raise Malformed("nested too deep")
    for item in items:
        if type(item) is not str:
            _check_value(item, levels - 1)


def _check_keys(value: Dict[str, Any]) -> None:
    for key in value:
        if key not in _known_keys:
            if not _KEY.fullmatch(key):
                raise Malformed("a key is not a lower-case name")
            if len(_known_keys) < 4096:
                _known_keys.add(key)


def _object(value: Any, needed: str, allowed: str = "") -> Dict[str, Any]:
    """Return `value` if it is an object with these keys and no others."""
    must, may = set(needed.split()), set(allowed.split())
    if type(value) is not dict or not must <= set(value) <= must | may:
        raise Malformed("its keys are not those that belong there")
    return value


def _hashes(value: Any) -> List[bytes]:
    if type(value) is not list or len(value) > 128:
        raise Malformed("a proof is not a list of hashes")
    return [_hash(item) for item in value]


_HASH = re.compile(r"[0-9a-f]{64}")


def _hash(value: Any) -> bytes:
    if type(value) is not str or not _HASH.fullmatch(value):
        raise Malformed("a hash is not 64 digits of hexadecimal")
    return bytes.fromhex(value)


def _natural(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise Malformed("a number is not a natural number")
    return value


def _base64(text: str) -> bytes:
    """Decode what encodes to the same text again."""
    try:
        raw = text.encode("ascii")
        data = binascii.a2b_base64(raw)
    except ValueError:
        raise Malformed("not base64") from None
    if binascii.b2a_base64(data, newline=False) != raw:
        raise Malformed("not base64 in its one form")
    return data


# --- Signed notes, C2SP signed-note, tlog-checkpoint, tlog-cosignature --------------------------

_ED25519, _COSIGNATURE = 0x01, 0x04
_LATEST = 253402300799  # the last second of the year 9999, which is the last that Python knows


class Key(NamedTuple):
    """A verifier key: `name+hash+base64`, where the first byte of the base64 is the algorithm."""

    name: str
    id: bytes
    algorithm: int
    public: bytes


class Checkpoint(NamedTuple):
    """What a signed note says, and its signatures."""

    origin: str
    size: int
    root: bytes
    text: bytes  # exactly what was signed
    signatures: List[Tuple[str, bytes]]  # name, key id and signature


def read_key(vkey: str, algorithm: int) -> Key:
    """Return the verifier key that the text is."""
    try:
        name, key_id, encoded = vkey.strip().split("+", 2)
        data = _base64(encoded)
    except ValueError:
        raise NotChecked("bad_vkey", vkey=_plain(vkey)) from None
    expected = hashlib.sha256(name.encode("utf-8") + b"\n" + data).digest()[:4]
    if not _is_name(name) or key_id != expected.hex() or data[:1] != bytes([algorithm]):
        raise NotChecked("bad_vkey", vkey=_plain(vkey))
    if _decoded(data[1:]) is None or len(data) != 33:
        raise NotChecked("bad_vkey", vkey=_plain(vkey))
    return Key(name, expected, algorithm, data[1:])


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(one.isspace() for one in name)


def read_checkpoint(note: bytes) -> Checkpoint:
    """Return what the note says.

    :raises Malformed: if it is no note, or its text is no checkpoint
    """
    text, signatures = _halves(note)
    lines = text.decode("utf-8").split("\n")
    if len(lines) < 4 or not all(lines[:-1]):
        raise Malformed("not a checkpoint")
    if not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1], re.ASCII):
        raise Malformed("the size is not a number")
    root = _base64(lines[2])
    if len(root) != 32:
        raise Malformed("the root is not a hash")
    return Checkpoint(lines[0], int(lines[1]), root, text, signatures)


def _halves(note: bytes) -> Tuple[bytes, List[Tuple[str, bytes]]]:
    whole = note.decode("utf-8")
    if any(one < " " and one != "\n" for one in whole):
        raise Malformed("a control character")
    text, blank, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines[-1] != "" or not 2 <= len(lines) <= 101:
        raise Malformed("no signatures")
    return (text + "\n").encode("utf-8"), [_signature(line) for line in lines[:-1]]


def _signature(line: str) -> Tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\u2014" or not _is_name(parts[1]):
        raise Malformed("a signature line")
    data = _base64(parts[2])
    if len(data) < 5:
        raise Malformed("a signature")
    return parts[1], data


def signers(checkpoint: Checkpoint, keys: List[Key]) -> List[Key]:
    """Return which of the keys signed; a wrong signature by one of them ends the check."""
    found = []
    for key in keys:
        for data in _signatures_by(key, checkpoint):
            if not ed25519_holds(key.public, checkpoint.text, data):
                raise NotVerified("signature")
            found.append(key)
    if not found:
        raise NotVerified("unsigned")
    if any(key.name != checkpoint.origin for key in found):
        raise NotVerified("origin")
    return found


def _signatures_by(key: Key, checkpoint: Checkpoint) -> List[bytes]:
    return [
        data[4:] for name, data in checkpoint.signatures if (name, data[:4]) == (key.name, key.id)
    ]


def cosigned_at(checkpoint: Checkpoint, witness: Key) -> int:
    """Return the instant, in seconds since 1970, at which the witness cosigned."""
    times = []
    for data in _signatures_by(witness, checkpoint):
        at = int.from_bytes(data[:8], "big")
        said = b"cosignature/v1\ntime %d\n" % at + checkpoint.text
        if not 0 < at <= _LATEST or not ed25519_holds(witness.public, said, data[8:]):
            raise NotVerified("witness_wrong", name=_plain(witness.name))
        times.append(at)
    if not times:
        raise NotVerified("witness_missing", name=_plain(witness.name))
    return min(times)


# --- Entries ------------------------------------------------------------------------------------

_EID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_REFERENCE = re.compile(r"[a-z][a-z0-9_]{0,31}:[0-9A-Za-z._:/-]{1,120}")
_ACTION = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
)
_COMMITMENT = re.compile(r"hs256:[0-9a-f]{64}")
_BODY = ["action", "actor", "data", "eid", "object", "outcome", "pii", "tenant", "ts", "v"]
_OUTCOMES = ("ok", "denied", "error")
_TEXTS = (
    ("action", _ACTION),
    ("actor", _REFERENCE),
    ("eid", _EID),
    ("object", _REFERENCE),
    ("ts", _TIME),
)


def read_body(body: bytes) -> Dict[str, Any]:
    """Return what the entry says.

    :raises Malformed: unless it is canonical and says what an entry says
    """
    said = strict(body)
    if type(said) is not dict or list(said) != _BODY:
        raise Malformed("its keys are not those of an entry")
    for name, form in _TEXTS:
        if type(said[name]) is not str or not form.fullmatch(said[name]):
            raise Malformed("`%s` has not the form that it must have" % name)
    _check_rest(said)
    return said


def _check_rest(said: Dict[str, Any]) -> None:
    if type(said["v"]) is not int or said["v"] != 1 or said["outcome"] not in _OUTCOMES:
        raise Malformed("its version or outcome is unknown")
    if type(said["tenant"]) is not str or type(said["data"]) is not dict:
        raise Malformed("`tenant` is not a string, or `data` not an object")
    if not _is_day(said["ts"][:10]):
        raise Malformed("there is no such day")
    _check_commitments(said["pii"])


@functools.lru_cache(maxsize=4096)
def _is_day(text: str) -> bool:
    try:
        datetime.date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return False
    return True


def _check_commitments(pii: Any) -> None:
    if type(pii) is not dict:
        raise Malformed("`pii` is not an object")
    for value in pii.values():
        if type(value) is not str or not _COMMITMENT.fullmatch(value):
            raise Malformed("`pii` holds something else than commitments")


def committed(field: str, value: str, salt: bytes) -> str:
    """Return what an entry keeps of a personal field."""
    said = _encode([field, value]).encode("utf-8")
    return "hs256:" + hmac.new(salt, said, hashlib.sha256).hexdigest()


class Line(NamedTuple):
    """One line of entries.jsonl."""

    place: int  # leaf index
    body: bytes
    leaf: Optional[bytes]  # range bundles
    path: Optional[List[bytes]]  # filtered bundles
    disclosed: Dict[str, Tuple[str, bytes]]


_LINE = re.compile(
    rb'\{"b":"([A-Za-z0-9+/]*={0,2})","h":"([0-9a-f]{64})","i":(0|[1-9][0-9]{0,14})\}'
)


def read_line(data: bytes, kind: str) -> Line:
    """Return what a line holds, of a bundle of this kind.

    :raises Malformed: if it holds anything else
    """
    plain = _LINE.fullmatch(data) if kind == "range" else None
    if plain:  # most lines: no proof, nothing disclosed
        text, leaf, index = plain.groups()
        body = _base64(text.decode("ascii"))
        return Line(int(index), body, bytes.fromhex(leaf.decode("ascii")), None, {})
    held = _object(strict(data), "i b h" if kind == "range" else "i b p", "d")
    if type(held["b"]) is not str:
        raise Malformed("the body is not base64")
    return Line(
        _natural(held["i"]),
        _base64(held["b"]),
        _hash(held["h"]) if kind == "range" else None,
        _hashes(held["p"]) if kind == "filtered" else None,
        _disclosures(held["d"]) if "d" in held else {},
    )


def _disclosures(value: Any) -> Dict[str, Tuple[str, bytes]]:
    if type(value) is not dict or not value:
        raise Malformed("`d` is not an object")
    found = {}
    for field, one in value.items():
        pair = _object(one, "v s")
        if type(pair["v"]) is not str:
            raise Malformed("a disclosed value is not a string")
        found[field] = (pair["v"], _hash(pair["s"]))
    return found


# --- The bundle ---------------------------------------------------------------------------------

_LARGEST = {"checkpoint": 1 << 16, "manifest.json": 1 << 22}
_LONGEST_LINE = 1 << 24


class Manifest(NamedTuple):
    """What manifest.json says."""

    kind: str
    lo: int
    hi: int
    left: List[bytes]
    right: List[bytes]
    consistency: Dict[int, List[bytes]]


def read_manifest(data: bytes, checkpoint: Checkpoint) -> Manifest:
    """Return what the manifest says.

    :raises NotVerified: unless it is one, and this checkpoint's
    """
    try:
        origin, manifest = _manifest(strict(data), checkpoint.size)
    except Malformed as problem:
        raise NotVerified("manifest", what=str(problem)) from None
    if origin != checkpoint.origin:
        raise NotVerified("origin")
    return manifest


def _manifest(held: Any, size: int) -> Tuple[str, Manifest]:
    kind = held.get("kind") if type(held) is dict else None
    if kind not in ("range", "filtered"):
        raise Malformed("it is of no known kind")
    ranged = kind == "range"
    _object(held, "format origin kind consistency says_zh says_en" + " range" * ranged)
    if held["format"] != FORMAT:
        raise Malformed("it is of another format")
    if (held["says_zh"], held["says_en"]) != SAYS[kind]:
        raise Malformed("it says of itself what it must not say")
    lo, hi, left, right = _range(held["range"], size) if ranged else (0, 0, [], [])
    proofs = _consistency(held["consistency"])
    return held["origin"], Manifest(kind, lo, hi, left, right, proofs)


def _consistency(value: Any) -> Dict[int, List[bytes]]:
    if type(value) is not list:
        raise Malformed("`consistency` is not a list")
    found: Dict[int, List[bytes]] = {}
    for one in value:
        pair = _object(one, "from proof")
        size = _natural(pair["from"])
        if size in found:
            raise Malformed("two proofs from the same size")
        found[size] = _hashes(pair["proof"])
    return found


def _range(value: Any, size: int) -> Tuple[int, int, List[bytes], List[bytes]]:
    part = _object(value, "lo hi left right")
    lo, hi = _natural(part["lo"]), _natural(part["hi"])
    if not (lo < hi <= size or lo == hi == size == 0):
        raise Malformed("the range is empty or beyond the checkpoint")
    left, right = _hashes(part["left"]), _hashes(part["right"])
    if len(left) != len(levels_before(lo)) or len(right) != len(levels_after(hi, size)):
        raise Malformed("the range has another number of hashes than it needs")
    return lo, hi, left, right


def _read(path: str, largest: int) -> bytes:
    name = os.path.basename(path)
    if not os.path.isfile(path):
        raise NotChecked("unreadable", name=_plain(name))
    with open(path, "rb") as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise NotVerified("too_large", name=_plain(name))
    return data


class Findings:
    """What the check of the entries adds up to."""

    def __init__(self) -> None:
        self.count = 0
        self.disclosed = 0
        self.withheld = 0
        self.calls: List[Call] = []
        self.calls_withheld = 0
        self.sha256 = ""
        self.roots: Dict[int, bytes] = {}


class _Entries:
    """Reads entries.jsonl once, from front to back, and ends at the first thing that is wrong."""

    def __init__(self, checkpoint: Checkpoint, manifest: Manifest, held: List[int]) -> None:
        self.found = Findings()
        self._checkpoint = checkpoint
        self._manifest = manifest
        self._tree = Growing(manifest.lo, manifest.left)
        self._next = manifest.lo
        self._held = set(held)
        self._eids: Set[int] = set()

    def check(self, file: BinaryIO, digest: Any) -> None:
        """Check every line, and that they are all that there must be."""
        ranged = self._manifest.kind == "range"
        for number, data in _lines(file):
            digest.update(data)
            try:
                line = read_line(data[:-1], self._manifest.kind)
            except Malformed as problem:
                raise NotVerified("line", line=number, what=str(problem)) from None
            self._check_place(line.place)
            said = self._check_body(line, self._check_in_range if ranged else self._check_proof)
            self._check_fields(line, said)
            self._next = line.place + 1
        if ranged:
            self._check_whole()

    def _check_place(self, index: int) -> None:
        if index < self._next:
            raise _entry(index, "order")
        if index >= self._checkpoint.size:
            raise _entry(index, "beyond")
        if self._manifest.kind == "range":
            if index >= self._manifest.hi:
                raise _entry(index, "order")
            if index > self._next:
                raise _entry(self._next, "missing")

    def _check_body(self, line: Line, check: Callable[[Line], Optional[str]]) -> Dict[str, Any]:
        wrong = check(line)
        if wrong:
            raise _entry(line.place, wrong, eid=_eid_in(line.body))
        try:
            said = read_body(line.body)
        except Malformed as problem:
            raise _entry(line.place, "body", eid=_eid_in(line.body), what=str(problem)) from None
        eid = int(said["eid"].replace("-", ""), 16)
        if eid in self._eids:
            raise _entry(line.place, "twice", eid=said["eid"])
        self._eids.add(eid)
        return said

    def _check_proof(self, line: Line) -> Optional[str]:
        leaf = leaf_hash(line.body)
        root = inclusion_root(line.place, self._checkpoint.size, leaf, line.path or [])
        return None if root == self._checkpoint.root else "proof"

    def _check_in_range(self, line: Line) -> Optional[str]:
        if line.place in self._held:
            self.found.roots[line.place] = self._tree.root()
        leaf = leaf_hash(line.body)
        self._tree.add(leaf)
        return None if leaf == line.leaf else "altered"

    def _check_fields(self, line: Line, said: Dict[str, Any]) -> None:
        self.found.count += 1
        for field, (value, salt) in line.disclosed.items():
            if field not in said["pii"]:
                raise _entry(line.place, "uncommitted", eid=said["eid"], field=field)
            if committed(field, value, salt) != said["pii"][field]:
                raise _entry(line.place, "disclosure", eid=said["eid"], field=field)
        self.found.disclosed += len(line.disclosed)
        self.found.withheld += len(said["pii"]) - len(line.disclosed)
        if said["action"] == CALL:
            self._note_call(line, said)

    def _note_call(self, line: Line, said: Dict[str, Any]) -> None:
        if "caller" not in line.disclosed or "callee" not in line.disclosed:
            self.found.calls_withheld += 1
            return
        at = _instant(said["ts"])
        caller, callee = line.disclosed["caller"][0], line.disclosed["callee"][0]
        self.found.calls.append(Call(at, caller, callee, line.place, said["eid"]))

    def _check_whole(self) -> None:
        manifest, tree = self._manifest, self._tree
        if tree.size < manifest.hi:
            raise _entry(tree.size, "missing")
        if manifest.hi in self._held:
            self.found.roots[manifest.hi] = tree.root()
        for level, subtree in zip(
            levels_after(manifest.hi, self._checkpoint.size), manifest.right
        ):
            tree.add(subtree, level)
        if tree.root() != self._checkpoint.root:
            raise NotVerified("root")


def _lines(file: BinaryIO) -> Iterator[Tuple[int, bytes]]:
    number = 0
    while True:
        number += 1
        data = file.readline(_LONGEST_LINE)
        if not data:
            return
        if data[-1:] != b"\n":
            raise NotVerified("cut", line=number)
        yield number, data


def _entry(index: int, code: str, eid: str = "?", **facts: Any) -> NotVerified:
    return NotVerified("entry", i=index, eid=eid, why=Told(code, **facts))


def _eid_in(body: bytes) -> str:
    """Return the identifier that a body, altered or not, seems to have."""
    found = re.search(rb'"eid":"([0-9a-f-]{36})"', body)
    return found.group(1).decode("ascii") if found else "?"


# --- The carrier's call records -----------------------------------------------------------------

CALL = "permit.redeemed"  # one permit spent is one call sent
_COLUMNS = ("started_at", "caller", "callee")


class Call(NamedTuple):
    """A call as one side tells it."""

    at: datetime.datetime
    caller: str
    callee: str
    place: int  # leaf index, or line of the CSV
    name: str  # eid, or call_id


def read_calls(path: str) -> List[Call]:
    """Read the CSV of the carrier: `started_at` (ISO 8601 with zone), `caller`, `callee`.

    `call_id` is told if it is there; other columns are not read.
    """
    if not os.path.isfile(path):
        raise NotChecked("unreadable", name=_plain(os.path.basename(path)))
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, strict=True)
        try:
            heading = _heading(next(rows, []))
            return [_call(heading, row, rows.line_num) for row in rows if row]
        except (ValueError, OverflowError, csv.Error) as problem:
            line = rows.line_num
            raise NotChecked("cdr_unreadable", line=line, what=_plain(str(problem))) from None


def _heading(cells: List[str]) -> List[str]:
    heading = [one.strip() for one in cells]
    if any(heading.count(one) != 1 for one in _COLUMNS):
        raise ValueError("the heading needs started_at, caller and callee, once each")
    return heading


def _call(heading: List[str], row: List[str], line: int) -> Call:
    if len(row) != len(heading):
        raise ValueError("it has another number of cells than the heading")
    cells = dict(zip(heading, row))
    at = _instant(cells["started_at"].strip())
    for name in ("caller", "callee"):
        if not national(cells[name]):
            raise ValueError("there is no number in " + name)
    return Call(at, cells["caller"], cells["callee"], line, cells.get("call_id", ""))


_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})",
    re.ASCII,
)


def _instant(text: str) -> datetime.datetime:
    """Return an instant in ISO 8601; Python 3.8 reads less of it than this."""
    found = _INSTANT.fullmatch(text)
    if not found:
        raise ValueError("an instant needs a date, a time and a zone")
    day, time, fraction, zone = found.groups()
    micro = ((fraction or "") + "000000")[:6]
    zone = "+00:00" if zone == "Z" else zone[:3] + ":" + zone[-2:]
    return datetime.datetime.fromisoformat("%sT%s.%s%s" % (day, time, micro, zone)).astimezone(
        datetime.timezone.utc
    )


def national(number: str) -> str:
    """Return the digits by which two ways of writing a number are compared.

    +86 138…, 0086138…, 86138…, 0138… and 138… are one number; other countries keep their code.
    """
    written = re.sub(r"[\s()-]", "", number)
    digits = re.sub(r"[^0-9]", "", written)
    abroad = written.startswith(("+", "00"))
    digits = digits.lstrip("0")
    if digits.startswith("86") and (abroad or len(digits) >= 12):
        return digits[2:].lstrip("0")
    return "+" + digits if abroad else digits


def unmatched(
    ours: List[Call], theirs: List[Call], seconds: float
) -> Tuple[List[Call], List[Call]]:
    """Match one to one by both numbers and time; return what is left on either side."""
    groups: Dict[Tuple[str, str], Tuple[List[Call], List[Call]]] = {}
    for side, calls in enumerate((ours, theirs)):
        for call in calls:
            pair = (national(call.caller), national(call.callee))
            groups.setdefault(pair, ([], []))[side].append(call)
    left: Tuple[List[Call], List[Call]] = ([], [])
    for mine, yours in groups.values():
        _match(sorted(mine), sorted(yours), datetime.timedelta(seconds=seconds), left)
    return sorted(left[0]), sorted(left[1])


def _match(
    mine: List[Call],
    yours: List[Call],
    tolerance: datetime.timedelta,
    left: Tuple[List[Call], List[Call]],
) -> None:
    """Take the earliest of both: with one tolerance for all, no other order matches more."""
    while mine and yours:
        if mine[0].at < yours[0].at - tolerance:
            left[0].append(mine.pop(0))
        elif yours[0].at < mine[0].at - tolerance:
            left[1].append(yours.pop(0))
        else:
            del mine[0], yours[0]
    left[0].extend(mine)
    left[1].extend(yours)


# --- The check as a whole -----------------------------------------------------------------------


def bundle_sha256(checkpoint: bytes, manifest: bytes, entries: str) -> str:
    """Return the digest of what `sha256sum` writes of the three files of the bundle."""
    digests = (
        ("checkpoint", hashlib.sha256(checkpoint).hexdigest()),
        ("entries.jsonl", entries),
        ("manifest.json", hashlib.sha256(manifest).hexdigest()),
    )
    said = "".join("%s  %s\n" % (digest, name) for name, digest in digests)
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def check_bundle(
    folder: str, keys: List[Key], held: List[Checkpoint], witnesses: List[Key]
) -> Tuple[Checkpoint, Manifest, Findings, List[Told]]:
    """Check everything that the bundle itself can prove; return what it proves.

    :raises NotVerified: at the first thing that is wrong
    :raises NotChecked: if a file is not there
    """
    note = _read(os.path.join(folder, "checkpoint"), _LARGEST["checkpoint"])
    told = []
    try:
        checkpoint = read_checkpoint(note)
    except ValueError:
        raise NotVerified("note") from None
    signed_by = sorted({key.id.hex() for key in signers(checkpoint, keys)})
    told.append(Told("signed", origin=_plain(checkpoint.origin), keys=" ".join(signed_by)))
    for witness in witnesses:
        at = _utc(cosigned_at(checkpoint, witness))
        told.append(Told("witnessed", name=_plain(witness.name), at=at))
    written = _read(os.path.join(folder, "manifest.json"), _LARGEST["manifest.json"])
    manifest = read_manifest(written, checkpoint)
    entries = _Entries(checkpoint, manifest, [one.size for one in held])
    path = os.path.join(folder, "entries.jsonl")
    if not os.path.isfile(path):
        raise NotChecked("unreadable", name="entries.jsonl")
    digest = hashlib.sha256()
    with open(path, "rb", buffering=1 << 20) as file:
        entries.check(file, digest)
    entries.found.sha256 = bundle_sha256(note, written, digest.hexdigest())
    for old in held:
        check_held(old, checkpoint, manifest, entries.found.roots)
        told.append(Told("held", size=old.size))
    return checkpoint, manifest, entries.found, told


def check_held(
    old: Checkpoint, new: Checkpoint, manifest: Manifest, roots: Dict[int, bytes]
) -> None:
    """Check that the bundle's tree begins with the older one: by the entries, or by a proof."""
    if old.origin != new.origin:
        raise NotVerified("origin")
    if old.size > new.size:
        raise NotVerified("held_newer", held=old.size, size=new.size)
    if roots.get(old.size, old.root) != old.root:
        raise NotVerified("held_fork", held=old.size)
    proof = manifest.consistency.get(old.size, [] if old.size in (0, new.size) else None)
    if proof is None and old.size not in roots:
        raise NotVerified("held_unproved", held=old.size)
    if proof is not None and not is_consistent(old.size, new.size, old.root, new.root, proof):
        raise NotVerified("held_fork", held=old.size)


def compare_calls(found: Findings, options: argparse.Namespace) -> List[Told]:
    """Compare the permits spent with the carrier's call records; return what to tell."""
    since, until = options.cdr_from, options.cdr_to
    rows = [one for one in read_calls(options.cdr) if _within(one, since, until)]
    entries = [one for one in found.calls if _within(one, since, until)]
    ours, theirs = unmatched(entries, rows, options.tolerance)
    if ours or theirs:
        each = [_told_call("call_unmatched", one) for one in theirs]
        each += [_told_call("permit_unmatched", one) for one in ours]
        raise NotVerified("calls_differ", rows=len(theirs), entries=len(ours), each=each)
    if found.calls_withheld:
        raise NotChecked("calls_withheld", count=found.calls_withheld)
    return [Told("calls_match", rows=len(rows), entries=len(entries))]


def _within(
    call: Call, since: Optional[datetime.datetime], until: Optional[datetime.datetime]
) -> bool:
    return (since is None or since <= call.at) and (until is None or call.at < until)


def _told_call(code: str, call: Call) -> Told:
    at = call.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    place = {"line": call.place, "i": call.place, "eid": call.name}
    return Told(code, at=at, caller=_plain(call.caller), callee=_plain(call.callee), **place)


def _utc(seconds: int) -> str:
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    return (epoch + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- Telling ------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Return text of others in a form that no terminal takes for a command."""
    return "".join(one if one.isprintable() else "?" for one in text[:200])


def said(told: Told, language: int) -> str:
    """Return the sentence, 0: in Chinese, 1: in English."""
    facts = {
        name: said(fact, language) if isinstance(fact, Told) else fact
        for name, fact in told.facts.items()
    }
    return SENTENCES[told.code][language].format(**facts)


def _tell(told: List[Told], languages: Tuple[int, ...]) -> None:
    for language in languages:
        for one in told:
            sys.stdout.write(said(one, language) + "\n")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Any:
        raise NotChecked("usage", what=message)


def _options(arguments: Optional[List[str]]) -> argparse.Namespace:
    parser = _Parser(
        prog="verify.py", description="核验审计证据包 / Check a bundle of the audit trail."
    )
    parser.add_argument("bundle", metavar="BUNDLE")
    parser.add_argument(
        "--vkey", action="append", required=True, help="name+hash+key, or its file"
    )
    parser.add_argument("--held", action="append", default=[], help="an older checkpoint you hold")
    parser.add_argument("--witness", action="append", default=[], help="must have cosigned")
    parser.add_argument("--cdr", help="the carrier's call records: started_at,caller,callee")
    parser.add_argument("--cdr-from", type=_instant, help="compare calls from this instant on")
    parser.add_argument("--cdr-to", type=_instant, help="compare calls before this instant")
    parser.add_argument("--tolerance", type=float, default=10.0, help="seconds between the clocks")
    parser.add_argument("--lang", choices=("zh", "en"))
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    return parser.parse_args(arguments)


def _key_of(value: str, algorithm: int) -> Key:
    if "+" not in value and os.path.isfile(value):
        value = _read(value, 4096).decode("utf-8", "replace")
    return read_key(value, algorithm)


def _held(path: str, keys: List[Key]) -> Checkpoint:
    try:
        checkpoint = read_checkpoint(_read(path, _LARGEST["checkpoint"]))
    except ValueError:
        raise NotVerified("held_note", name=_plain(os.path.basename(path))) from None
    signers(checkpoint, keys)
    return checkpoint


def _verdict(options: argparse.Namespace) -> Tuple[List[Told], Dict[str, Any]]:
    keys = [_key_of(one, _ED25519) for one in options.vkey]
    witnesses = [_key_of(one, _COSIGNATURE) for one in options.witness]
    held = [_held(path, keys) for path in options.held]
    checkpoint, manifest, found, told = check_bundle(options.bundle, keys, held, witnesses)
    facts = {
        "lo": manifest.lo,
        "last": manifest.hi - 1,
        "count": found.count,
        "size": checkpoint.size,
        "disclosed": found.disclosed,
        "withheld": found.withheld,
        "sha256": found.sha256,
    }
    if options.cdr:
        told += compare_calls(found, options)
    told[:0] = [Told("verified"), Told(manifest.kind + "_holds", **facts)]
    told += [Told("personal", **facts), Told("digest", **facts), Told("says_" + manifest.kind)]
    if os.path.exists(os.path.join(options.bundle, "checkpoint.tsr")):
        told.append(Told("stamped"))
    return told, {"kind": manifest.kind, "origin": checkpoint.origin, **facts}


SENTENCES.update({"says_" + kind: sentences for kind, sentences in SAYS.items()})


def main(arguments: Optional[List[str]] = None) -> int:
    """Check, say what was found, return the exit code."""
    options = argparse.Namespace(lang=None, json=False)
    facts: Dict[str, Any] = {}
    try:
        options = _options(arguments)
        told, facts = _verdict(options)
        code = 0
    except NotVerified as refused:
        told = [Told("not_verified", why=refused), *refused.facts.get("each", [])]
        code = 1
    except (Exception, KeyboardInterrupt) as problem:  # no bundle ends this with a traceback
        told, code = [Told("not_checked", why=_why_not(problem))], 2
    _tell(told, {"zh": (0,), "en": (1,), None: (0, 1)}[options.lang])
    if options.json:
        facts = {"exit": code, "code": _code_of(told[0]), "said": said(told[0], 1), **facts}
        sys.stdout.write(json.dumps(facts, ensure_ascii=True, sort_keys=True) + "\n")
    return code


def _why_not(problem: BaseException) -> Told:
    if isinstance(problem, NotChecked):
        return problem
    if isinstance(problem, OSError):
        return Told("unreadable", name=_plain(os.path.basename(str(problem.filename))))
    if isinstance(problem, KeyboardInterrupt):
        return Told("interrupted")
    return Told("unforeseen", what=type(problem).__name__)


def _code_of(told: Told) -> str:
    inner = told.facts.get("why")
    return _code_of(inner) if isinstance(inner, Told) else told.code


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main())
