"""Bundles that were altered at random: none is accepted with other content, nothing crashes."""

import base64
import contextlib
import functools
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import verify
from tests.audit.verify.making import (
    LOG,
    WITNESSING,
    Bundle,
    bodies,
    checkpoint,
    filtered_bundle,
    leaf,
    personal,
    range_bundle,
)
from tests.audit.verify.test_runs_alone import run

SIZE = 13
NAMES = ("checkpoint", "manifest.json", "entries.jsonl")
Files = dict[str, bytes]


def kinds() -> list[Bundle]:
    signers = (LOG, WITNESSING)
    return [
        range_bundle(0, SIZE, SIZE, held=[6], by=signers),
        range_bundle(3, 11, SIZE, held=[2], by=signers),
        filtered_bundle([1, 2, 7, 12], SIZE, held=[6], by=signers),
    ]


def is_true(files: Files) -> bool:
    """Tell whether all that a reader would take from the files is what the log has sealed.

    Selected entries may be fewer, and values may be withheld: nobody says that they are not.
    """
    manifest = json.loads(files["manifest.json"])
    lines = [json.loads(one) for one in files["entries.jsonl"].split(b"\n") if one]
    places = [one["i"] for one in lines]
    text = checkpoint([leaf(body) for body in bodies(SIZE)]).rpartition(b"\n\n")[0]
    return (
        files["checkpoint"].rpartition(b"\n\n")[0] == text
        and (manifest["says_zh"], manifest["says_en"]) == verify.SAYS[manifest["kind"]]
        and all(base64.b64decode(one["b"]) == bodies(SIZE)[one["i"]] for one in lines)
        and all(is_told_truly(one["i"], one.get("d", {})) for one in lines)
        and places == sorted(set(places))
        and ("range" not in manifest or places == list(range(*within(manifest))))
    )


def is_told_truly(place: int, disclosed: dict[str, dict[str, str]]) -> bool:
    known = personal(place)
    return all(known.get(name) == one["v"] for name, one in disclosed.items())


def within(manifest: dict[str, Any]) -> tuple[int, int]:
    return manifest["range"]["lo"], manifest["range"]["hi"]


def files_of(bundle: Bundle, folder: Path) -> Files:
    bundle.write(folder)
    return {name: (folder / name).read_bytes() for name in NAMES}


def flip(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << dice.randrange(8)]) + data[place + 1 :]


def cut(data: bytes, dice: random.Random) -> bytes:
    return data[: dice.randrange(len(data))]


def splice(data: bytes, dice: random.Random) -> bytes:
    a, b = sorted(dice.randrange(len(data) + 1) for _ in range(2))
    at = dice.randrange(len(data) + 1)
    return data[:at] + data[a : min(b, a + 200)] + data[at:]


def lines_moved(data: bytes, dice: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    how = dice.randrange(4)
    if how == 0:
        lines[a], lines[b] = lines[b], lines[a]
    elif how == 1:
        lines.insert(a, lines[b])
    elif how == 2:
        del lines[a]
    else:
        lines[a] = lines[b]
    return b"".join(lines)


WILD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 7, 2**53, 1.5, "", "x", [], {}, [[]], {"a": 1}),
    *("00" * 32, "range", "filtered", "\ud800", "+86" + "1" * 11),
)


def edited(value: Any, dice: random.Random, donors: list[Any]) -> Any:
    """Return JSON with one part of it exchanged, dropped, repeated or renamed."""
    if isinstance(value, dict) and value and dice.random() < 0.8:
        return edited_object(value, dice, donors)
    if isinstance(value, list) and value and dice.random() < 0.8:
        return edited_list(value, dice, donors)
    if isinstance(value, int) and dice.random() < 0.5:
        return value + dice.choice((-1, 1))
    if isinstance(value, str) and value and dice.random() < 0.5:
        return flip(value.encode(), dice).decode(errors="replace")
    return dice.choice([*WILD, *donors])


def edited_object(value: dict[str, Any], dice: random.Random, donors: list[Any]) -> dict[str, Any]:
    key = dice.choice(sorted(value))
    how = dice.randrange(6)
    if how == 0:
        return {k: v for k, v in value.items() if k != key}
    if how == 1:
        return value | {dice.choice(["z", "p", "h", "d", "i", "range", key]): value[key]}
    return value | {key: edited(value[key], dice, donors)}


def edited_list(value: list[Any], dice: random.Random, donors: list[Any]) -> list[Any]:
    place = dice.randrange(len(value))
    before, one, after = value[:place], value[place], value[place + 1 :]
    ways = [[*before, *after], [*value, one], value[::-1]]
    changed = [*before, edited(one, dice, donors), *after]
    return dice.choice([*ways, changed, changed])


def json_edited(data: bytes, dice: random.Random) -> bytes:
    lines = data.splitlines()
    values = [json.loads(one) for one in lines]
    donors = [part for value in values for part in value.values()]
    place = dice.randrange(len(values))
    if dice.random() < 0.1:  # a key that stands twice, the first time with something else
        other = json.dumps(dice.choice(donors), ensure_ascii=False).encode()
        key = dice.choice(sorted(values[place])).encode()
        lines[place] = b'{"%s":%s,' % (key, other) + lines[place][1:]
    else:
        changed = edited(values[place], dice, donors)
        text = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        lines[place] = text.encode("utf-8", "surrogatepass")
    return b"\n".join(lines) + (b"\n" if data.endswith(b"\n") else b"")


def swapped(files: Files, others: list[Files], dice: random.Random) -> Files:
    name = dice.choice(NAMES)
    return files | {name: dice.choice(others)[name]}


def mutated(files: Files, others: list[Files], dice: random.Random) -> Files:
    if dice.random() < 0.03:
        return swapped(files, others, dice)
    name = dice.choice((*NAMES, "entries.jsonl", "manifest.json"))
    ways: list[Callable[[bytes, random.Random], bytes]] = [flip, cut, splice]
    ways += [lines_moved] if name != "manifest.json" else []
    ways += [json_edited] * 3 if name != "checkpoint" else []
    return files | {name: dice.choice(ways)(files[name], dice)}


def verdict(files: Files, folder: Path, held: Path) -> int:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    arguments = ["--vkey", LOG.vkey, "--witness", WITNESSING.vkey, "--held", str(held), "--json"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = verify.main([str(folder), *arguments])
    facts = json.loads(out.getvalue().splitlines()[-1])
    assert facts["code"] != "unforeseen", (facts, files)
    return code


def hunt(count: int, seed: int, folder: Path) -> tuple[int, int]:
    """Alter so many bundles; return how many were refused, and how many true ones taken."""
    dice = random.Random(seed)
    whole = [files_of(bundle, folder) for bundle in kinds()]
    held = folder / "held"
    refused = taken = 0
    for number in range(count):
        files = whole[number % len(whole)]
        size = 2 if number % len(whole) == 1 else 6
        held.write_bytes(checkpoint([leaf(body) for body in bodies(size)]))
        if number < len(whole):
            assert verdict(files, folder, held) == 0
        altered = mutated(files, whole, dice)
        code = verdict(altered, folder, held)
        assert code in (0, 1, 2)
        refused += code != 0
        taken += code == 0
        assert code != 0 or is_true(altered), altered
    return refused, taken


class TestAMutatedBundle:
    @pytest.fixture(autouse=True)
    def _each_signature_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Most of the bundles bring the same signatures: remember what they were worth."""
        monkeypatch.setattr(verify, "ed25519_holds", functools.cache(verify.ed25519_holds))

    def test_is_not_accepted_with_other_content_and_crashes_nothing(self, tmp_path: Path) -> None:
        refused, _ = hunt(250, 1, tmp_path)

        assert refused > 200

    @pytest.mark.long
    def test_is_not_accepted_in_ten_thousand_either(
        self, tmp_path: Path, pytestconfig: pytest.Config
    ) -> None:
        count = int(pytestconfig.getoption("--mutated-bundles"))
        refused, taken = hunt(count, 2, tmp_path)

        assert refused + taken == count
        assert refused > 0.8 * count

    @pytest.mark.parametrize("seed", range(3))
    def test_crashes_nothing_where_the_file_stands_alone(self, tmp_path: Path, seed: int) -> None:
        dice = random.Random(seed)
        files = files_of(kinds()[seed], tmp_path)
        altered = mutated(files, [files], dice)

        class Written(Bundle):
            def write(self, folder: Path) -> Path:
                folder.mkdir(exist_ok=True)
                for name, data in altered.items():
                    (folder / name).write_bytes(data)
                return folder

        code, told = run(Written(b"", {}), tmp_path, "--vkey", LOG.vkey)

        assert code in (0, 1, 2)
        assert told
