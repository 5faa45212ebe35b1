"""What a buyer will really do in the first hour: the steps of docs/first-hour.md, on a real demo.

PostgreSQL, Valkey, Celery, the line process, SIP, Kamailio and the console are the real ones; the
carrier is the strict one on this machine. Everything is done by the console's pages and the API.
"""

import base64
import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from compliance.lists.moments import LOCAL
from config.demo.first_hour import BAD, CONSENTS, ROWS
from config.demo.lists import CONSENT_HEADINGS, consent_row
from config.demo.plans import PLANS
from tests.chaos.demo import Demo
from tests.edge.rig import Store
from tests.scenarios.first_hour import steps
from tests.scenarios.first_hour.edge import LINE, answer_to_an_invite, edge_before
from tests.scenarios.first_hour.visitor import Page, Visitor

pytestmark = [pytest.mark.apt, pytest.mark.long, pytest.mark.timeout(600)]

BIG, TRIAL = "autumn-course", "autumn-trial"
THREE = (steps.RUNNING, BIG, TRIAL)
CALLS, REFUSAL_SECONDS, INSTALL_SECONDS = 200, 2.0, 120.0
REFUSED = "CN13-REF-01"
BUSY = 3.0  # where to ask takes long, as long as so many askings with no press
ASKINGS, ASK_AGAIN_SECONDS = 20, 2.0
STRANGER, CARRIER = "127.0.73.9", "127.0.0.1"


def told(step: str, began: float) -> None:
    sys.stdout.write(f"{time.monotonic() - began:6.1f} s  {step}\n")


class TestFirstHour:
    def test_ends_with_a_verifier_that_names_the_flipped_byte(
        self, installed: Demo, store: Store, folder: Path
    ) -> None:
        began = time.monotonic()
        url = console_of(installed)
        told("installed, the console answers", began)
        supervisor, officer = Visitor(url, "supervisor"), Visitor(url, "compliance")
        owner, agent = Visitor(url, "owner"), Visitor(url, "agent01")
        files = installed.folder / "demo" / "first-hour"
        with edge_before(installed, store=store, folder=made(folder / "edge")):
            told("the edge stands before the carrier", began)
            filing = prepare(supervisor, owner, files)
            told("registered, 5,000 rows imported, consents sampled", began)
            pre_flight(supervisor, filing)
            trial = steps.register(supervisor, code=TRIAL, name="秋季试听回复")
            for one in (filing, trial):
                steps.activate(supervisor, officer, one)
            told("two campaigns activated by a second person", began)

            number = somebody_says_no(agent, officer, files)
            told("不需要, and refused in three campaigns", began)
            tried_every_way(
                supervisor=supervisor,
                owner=owner,
                agent=agent,
                officer=officer,
                folder=folder,
                number=number,
            )
            told("tried by desk, API, callback, list and tick", began)
            straight_from_the_host(officer, number)
            told("tried straight from the host", began)
            installed.wait(lambda: installed.invites() >= CALLS, seconds=240)
            told(f"{CALLS} calls seen by the carrier", began)
            assert calls_to(installed, number) == 1
            bundle = evidence(officer, number, folder)
            told("the bundle is taken home", began)
            key = officer.get("/audit/").one(r'<code class="break">([^<]+\+[0-9a-f]{8}\+[^<]+)<')

        check_offline(bundle, key)
        told("verified offline, flipped, named", began)


def prepare(supervisor: Visitor, owner: Visitor, files: Path) -> int:
    """Register a campaign, import its list, its bad rows and its consents."""
    filing = steps.register(supervisor, code=BIG, name="秋季课程回复")
    at = steps.upload(supervisor, files / "leads.csv", campaign="秋季课程回复", name="官网登记")
    planned, done = steps.applied(supervisor, at)
    for page in (planned, done):
        found = steps.figures(page)
        assert (found["总行数"], found["新增"], found["退回"]) == (ROWS, ROWS - BAD, BAD)
    rejects = supervisor.post(f"{at}rejects/", reason="请业务更正").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(rejects)))
    assert len(rows) == BAD
    assert all(row["原因"] and row["reason"] for row in rows)
    assert len({row["原因"] for row in rows}) >= 8
    page = steps.consents_import(owner, files / "consents.csv")
    assert steps.figures(page)["新增"] == CONSENTS
    steps.sample_check(owner)
    return filing


def pre_flight(supervisor: Visitor, filing: int) -> None:
    """See how many of the list may be called, and why the others may not, before any call."""
    at = f"/campaigns/{filing}/check/"
    supervisor.post(f"{at}run/")
    page = supervisor.wait_for(at, lambda page: 'id="report-title"' in page.text)
    assert f"{CONSENTS} / 3,800" in page.text, page.words()
    assert "CN13-CON-01" in page.text


def somebody_says_no(agent: Visitor, officer: Visitor, files: Path) -> str:
    """Talk to one of the list, hear 不需要; return the number, that is refused everywhere now."""
    number = whole(steps.card(agent, BIG), files)
    began = time.monotonic()
    before = {campaign: steps.may_call(officer, number, campaign) for campaign in THREE}
    asking = time.monotonic() - began
    assert all(verdict != "refuse" for verdict, _ in before.values()), before
    steps.call(agent)
    talking = agent.wait_for("/seat/", lambda page: steps.at(page, "talking"))

    pressed = time.monotonic()
    page = steps.say_no(agent, talking)
    after = {campaign: steps.may_call(officer, number, campaign) for campaign in THREE}
    seconds = time.monotonic() - pressed

    assert "desk-heard" in page.text or not steps.at(page, "talking"), page.words()
    for verdict, rules in after.values():
        assert verdict == "refuse"
        assert REFUSED in rules
    assert seconds < max(REFUSAL_SECONDS, BUSY * asking)
    sys.stdout.write(f"refused in three campaigns {seconds:.2f} s after the press\n")
    return number


def whole(masked: str, files: Path) -> str:
    """Find the number that a card shows masked, as whoever has the list can."""
    head, tail = masked.split("****")
    rows = (files / "consents.csv").read_text("gb18030").splitlines()[1:]
    found = {row.partition(",")[0] for row in rows}
    (number,) = [one for one in found if one.startswith(head) and one.endswith(tail)]
    return number


def tried_every_way(
    *,
    supervisor: Visitor,
    owner: Visitor,
    agent: Visitor,
    officer: Visitor,
    folder: Path,
    number: str,
) -> None:
    """Try the number by hand, by a callback, by another list and the schedule, by the API."""
    typed = supervisor.send("/api/dial-requests", campaign=BIG, number=number)
    assert (typed.status, "number" in typed.json["fields"]) == (400, True), typed.text
    desk = agent.get("/seat/").text.partition("<main")[2]
    assert not re.search(r'<input(?![^>]*type="(?:hidden|radio)")', desk)  # nothing to dial by

    called_back(owner, folder, number)
    verdict, rules = steps.may_call(officer, number, BIG)
    assert (verdict, REFUSED in rules) == ("refuse", True)

    person = int(owner.send("/api/people/find", number=number).json["id"])
    steps.ready(agent, TRIAL)
    listed_again(supervisor, folder, number, campaign="秋季试听回复")
    by_schedule = blocked(supervisor, person, TRIAL)  # Celery's tick has met seat and lead

    listed_again(supervisor, folder, number, campaign=steps.SCRIPT)
    lead = lead_of(supervisor, person, steps.RUNNING)["id"]
    asked = dial(supervisor, agent, lead)
    for _ in range(ASKINGS):  # the agent wraps up, or the tick gives the seat to another call
        if not asked.json["type"].endswith(":no_seat_ready"):
            break
        time.sleep(ASK_AGAIN_SECONDS)
        asked = dial(supervisor, agent, lead)
    assert "result" in asked.json, agent.get("/seat/").words()
    assert asked.json["result"] in {"lead_blocked", "lead_taken"}  # or have refused it itself
    by_api = blocked(supervisor, person, steps.RUNNING)
    agent.post("/seat/pause/")

    for one in (by_schedule, by_api):
        found = officer.get(f"/api/decisions/{one}").json
        assert (found["verdict"], found["permit"]) == ("refuse", None)
        assert REFUSED in found["objecting_rules"]
        (why,) = [one for one in found["findings"] if one["rule"] == REFUSED]
        assert all(why["reason"][language] for language in ("zh", "en"))
        assert why["citations"]


def dial(supervisor: Visitor, agent: Visitor, lead: int) -> Page:
    """Ask the API for a call to a lead that may not be called, from a seat that is ready."""
    steps.ready(agent, steps.RUNNING)
    asked = supervisor.send("/api/dial-requests", campaign=steps.RUNNING, lead=lead)
    assert asked.status == 409, asked.text
    return asked


def called_back(owner: Visitor, folder: Path, number: str) -> None:
    """Put on record that the person asked to be called back: a newer consent lifts no refusal."""
    seconds = int(owner.get("/consents/").one(r'data-clock data-at="(\d+)"'))
    given = datetime.fromtimestamp(seconds, LOCAL)
    row = consent_row(number, PLANS[0], given)
    row[CONSENT_HEADINGS.index("同意时间")] = f"{given:%Y-%m-%d %H:%M:%S}"
    row[CONSENT_HEADINGS.index("凭证哈希")] = hashlib.sha256(b"asked to be called").hexdigest()
    rows = [(*CONSENT_HEADINGS, "回电请求"), (*row, "form-20260311-1")]
    path = folder / "callback.csv"
    path.write_text("\r\n".join(",".join(one) for one in rows), "utf-8-sig")
    assert steps.figures(steps.consents_import(owner, path))["此人已有其他记录"] == 1


def listed_again(supervisor: Visitor, folder: Path, number: str, *, campaign: str) -> None:
    """Put the person on another campaign's list."""
    path = folder / "again.csv"
    path.write_text(f"客户姓名,手机号码\r\n甲女士,{number}\r\n", "utf-8-sig")
    steps.applied(supervisor, steps.upload(supervisor, path, campaign=campaign, name=campaign))


def lead_of(supervisor: Visitor, person: int, campaign: str) -> dict[str, Any]:
    """Return the person's lead of a campaign, as the API lists it."""
    answer = supervisor.get(f"/api/leads?campaign={campaign}&person={person}")
    (lead,) = answer.json["items"]
    return dict(lead)


def blocked(supervisor: Visitor, person: int, campaign: str) -> str:
    """Wait until the gate has refused the lead; return its decision."""
    supervisor.wait_for(
        f"/api/leads?campaign={campaign}&person={person}",
        lambda page: page.json["items"][0]["state"] == "blocked",
    )
    return str(lead_of(supervisor, person, campaign)["last_decision"])


def straight_from_the_host(officer: Visitor, number: str) -> None:
    """Send an INVITE from this host: as anybody, from the line's own address, as the carrier."""
    for source, said in ((STRANGER, "Refused: "), (LINE, "Refused: "), (CARRIER, "Nobody is")):
        status = answer_to_an_invite(number=f"+86{number}", source=source)
        sys.stdout.write(f"INVITE from {source}: {status}\n")
        assert status.startswith(f"SIP/2.0 403 {said}"), status
    page = officer.wait_for(
        "/audit/entries/?action=edge.refused",
        lambda page: page.text.count("<code>edge.refused</code>") >= 2,
    )
    assert page.status == 200


def evidence(officer: Visitor, number: str, folder: Path) -> Path:
    """Open the dossier, have its bundle made, take it home; return the folder."""
    page = officer.post("/dossiers/", number=number)
    assert number not in page.text
    for words in ("有效拒绝", "为什么呼叫，为什么没有呼叫", REFUSED):
        assert words in page.text, page.words()
    officer.wait_for(page.path, lambda page: "待封存" not in page.text)
    job = officer.post(f"{page.path}bundle/").path
    ended = officer.wait_for(job, lambda page: "查看结果" in page.text)
    shown = officer.get(ended.one(r'href="(/dossiers/bundles/[^"]+)"'))
    packed = officer.get(shown.one(r'class="button main" href="([^"]+)"'))
    home = folder / "home"
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        archive.extractall(home)
    assert number.encode() not in b"".join(one.read_bytes() for one in home.rglob("*.jsonl"))
    return home


def verify(home: Path, key: str) -> subprocess.CompletedProcess[str]:
    """Run the bundle's own verifier, alone: no package, no environment, nothing of ours."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "trail", "--vkey", key],
        cwd=home,
        env={},
        capture_output=True,
        text=True,
        check=False,
    )


def check_offline(home: Path, key: str) -> None:
    """Verify the bundle, flip one bit of one byte, and hear which leaf is broken."""
    first = verify(home, key)
    assert first.returncode == 0, first.stdout + first.stderr
    path = home / "trail" / "entries.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    place = len(lines) // 2
    line = json.loads(lines[place])
    body = bytearray(base64.b64decode(line["b"]))
    before = base64.b64encode(body)
    body[-2] ^= 1  # of `"v":1}`
    lines[place] = lines[place].replace(before, base64.b64encode(body))
    path.write_bytes(b"".join(lines))

    second = verify(home, key)

    assert second.returncode == 1, second.stdout + second.stderr
    assert re.search(rf"\b{line['i']}\b", second.stdout + second.stderr), (
        line["i"],
        second.stdout,
    )
    sys.stdout.write(second.stdout)


def calls_to(running: Demo, number: str) -> int:
    """Count the calls that the carrier has taken down for a number."""
    return running.records.read_text().count(f"+86{number}") // 2  # Request-URI and To


def console_of(running: Demo) -> str:
    """Wait for the demo's console; return its address."""
    said = running.folder / "stderr"
    pattern = re.compile(r"http://127\.0\.0\.1:\d+/")
    running.wait(lambda: pattern.search(said.read_text()) is not None, seconds=INSTALL_SECONDS)
    found = pattern.search(said.read_text())
    assert found
    return found[0]


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
