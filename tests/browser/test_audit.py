"""The audit trail in a browser, whose own code checks a bundle: nothing leaves it."""

import base64
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit import verify
from audit.heads import log_verifiers
from console.jobs import queue
from console.models import Job
from tests.audit.sealing import Log
from tests.audit.verify.making import LOG, SIZE, filtered_bundle, range_bundle
from tests.browser.served import ROOT, Served
from tests.browser.test_console import fits, goes, person

pytestmark = pytest.mark.apt


WORDS = {
    "zh-CN": {
        "ok": "核验通过",
        "unchecked": "签名未核对",
        "bad": "核验未通过",
        "altered": "内容已被改动",
    },
    "en-US": {
        "ok": "Verified",
        "unchecked": "not checked",
        "bad": "Not verified",
        "altered": "altered",
    },
}
ICON = "/static/console/icon.svg"  # asked for by the browser itself, whenever it likes
FILES = ("checkpoint", "manifest.json", "entries.jsonl")
MUTATIONS = 200
STATIC = ROOT / "console" / "static"


@pytest.fixture
def sealed(served: Served, tmp_path: Path) -> Log:
    log = Log(folder=tmp_path)
    log.seal()
    return log


def key_of(log: Log) -> str:
    return log_verifiers(log.newest().origin)[0].vkey


def bundle_by_the_page(page: Any, folder: Path) -> Path:
    """Ask for a bundle of everything, let a worker make it, and take it."""
    page.check("input[name=what][value=all]")
    goes(page, "form.export-form button.main")
    job = Job.objects.latest("started_at")
    queue.run(job.pk)
    with page.expect_download() as download:
        page.goto(page.url)
        page.click(f"a[href='/audit/bundles/{job.pk}/']")
    path = folder / "bundle.zip"
    download.value.save_as(path)
    return path


def verdict(page: Any, files: list[Path], key: str) -> str:
    page.set_input_files("input[name=bundle]", [str(one) for one in files])
    page.fill("input[name=vkey]", key)
    page.click("form.verify-form button.main")
    page.wait_for_selector("[data-verify]:not([aria-busy]) [data-verdict]:not([hidden])")
    return str(page.inner_text("[data-verdict]"))


def flip_one_byte(folder: Path, place: int) -> None:
    """Change one byte of one entry's body, and nothing else."""
    path = folder / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    body = bytearray(base64.b64decode(json.loads(lines[place])["b"]))
    before = base64.b64encode(body)
    body[-2] ^= 1  # of `"v":1}`
    lines[place] = lines[place].replace(before, base64.b64encode(body))
    path.write_bytes(b"".join(lines))


class TestVerifyInThePage:
    def test_shows_a_flipped_byte_in_red_and_names_the_entry(
        self, console: str, chromium: Any, sealed: Log, tmp_path: Path
    ) -> None:
        packed: Path | None = None
        for locale, words in WORDS.items():
            for width in (1440, 390):
                with person(
                    chromium, console, width=width, locale=locale, account="compliance"
                ) as page:
                    page.goto(f"{console}/audit/")
                    assert fits(page)
                    packed = packed or bundle_by_the_page(page, tmp_path)
                    page.goto(f"{console}/audit/verify/")
                    assert fits(page)
                    check_in_the_page(page, packed, tmp_path / f"{locale}{width}", words, sealed)


def check_in_the_page(
    page: Any, packed: Path, folder: Path, words: dict[str, str], log: Log
) -> None:
    asked: list[str] = []
    page.on("request", lambda one: None if one.url.endswith(ICON) else asked.append(one.url))
    assert words["unchecked"] in verdict(page, [packed], "")
    assert page.locator("[data-verdict].is-allow").count() == 0  # nobody's key, nobody's word

    assert words["ok"] in verdict(page, [packed], key_of(log))
    assert page.locator("[data-verdict].is-allow").count() == 1

    zipfile.ZipFile(packed).extractall(folder)
    flip_one_byte(folder, 9)
    said = verdict(page, [folder / name for name in FILES], key_of(log))
    assert words["bad"] in said
    assert words["altered"] in said
    assert page.locator("[data-verdict].is-refuse").count() == 1
    assert fits(page)
    assert asked == []  # the files stay on the reader's machine


class TestTheBrowsersOwnCode:
    def test_says_what_the_verifier_says_of_every_damaged_bundle(
        self, bare_page: Any, tmp_path: Path
    ) -> None:
        """Both read the same bytes, and agree on the verdict and on the first entry to blame."""
        cases = [*damaged(tmp_path, random.Random(7))]

        found = bare_page.evaluate(CHECK_ALL, [[one[0] for one in cases], verify.SAYS])

        expected = [one[1] for one in cases]
        wrong = [
            (place, one, other)
            for place, (one, other) in enumerate(zip(found, expected, strict=True))
            if one != other
        ]
        assert wrong == []
        assert {"verified", "entry", "line", "signature", "manifest"} <= {
            code for code, _ in expected
        }


@pytest.fixture
def bare_page(chromium: Any) -> Any:
    """A page that has the scripts, and no server behind it."""
    page = chromium.new_page()
    page.route("**/*", from_the_folder)
    page.goto("http://127.0.0.1:9/nothing.html")  # as safe a place as https, to a browser
    return page


def from_the_folder(route: Any) -> None:
    path = STATIC / route.request.url.partition("/static/")[2]
    if path.suffix == ".js":
        route.fulfill(body=path.read_text(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>nothing</title>", content_type="text/html")


CHECK_ALL = """
async ([cases, says]) => {
  const { checkBundle } = await import("/static/console/audit-verify.js");
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const found = [];
  for (const one of cases) {
    const files = Object.fromEntries(
      Object.entries(one.files).map(([name, text]) => [name, new Blob([bytes(text)])]));
    const held = one.held ? bytes(one.held) : null;
    try {
      await checkBundle({ files, vkey: one.vkey, held, says });
      found.push(["verified", null]);
    } catch (problem) {
      found.push([problem.code ?? String(problem), problem.facts?.i ?? null]);
    }
  }
  return found;
}
"""


def damaged(folder: Path, chance: random.Random) -> Iterator[tuple[dict[str, Any], list[object]]]:
    """Yield bundles, whole and with one byte changed, and what `verify.py` says of each."""
    made = [
        range_bundle(0, SIZE, SIZE),
        range_bundle(5, 13, SIZE, held=[3, 9]),
        range_bundle(8, SIZE, SIZE, disclose=False),
        filtered_bundle((0, 4, 7, 20), SIZE, held=[6]),
    ]
    for place, bundle in enumerate(made):
        path = bundle.write(folder / f"whole{place}")
        whole = {name: (path / name).read_bytes() for name in FILES}
        yield case(path, whole)
        for _ in range(MUTATIONS // len(made)):
            name = chance.choices(FILES, weights=(1, 1, 3))[0]
            data = bytearray(whole[name])
            at = chance.randrange(len(data))
            data[at] = chance.choice([data[at] ^ 1 << chance.randrange(8), 0x20, 0x0A, 0x30])
            if bytes(data) != whole[name]:
                yield case(path, whole | {name: bytes(data)})


def case(folder: Path, files: dict[str, bytes]) -> tuple[dict[str, Any], list[object]]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    given = {
        "files": {name: base64.b64encode(data).decode() for name, data in files.items()},
        "vkey": LOG.vkey,
        "held": "",
    }
    return given, said_by_the_verifier(folder)


def said_by_the_verifier(folder: Path) -> list[object]:
    try:
        verify.check_bundle(str(folder), [verify.read_key(LOG.vkey, 1)], [], [])
    except verify.Told as told:
        return [told.code, told.facts.get("i")]
    return ["verified", None]
