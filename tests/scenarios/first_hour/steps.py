"""The steps of docs/first-hour.md, each as the page tells it."""

import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.scenarios.first_hour.visitor import Page, Visitor

PRINCIPAL = "晨星教育科技有限公司"
NUMBER, TRUNK, SCRIPT = "9512301", "loopback", "课程信息咨询回复"
PRESSES = 20  # for a card: each looks at twenty people, of whom one in twenty has agreed
CARD_SECONDS = 5.2  # CN13-DIA-13: a card is up for five at least
BUSY = ("dialling", "ringing", "talking")
RUNNING = "spring-course"  # the sample's own campaign for the same principal and purpose


def chosen(page: Page, field: str, words: str) -> str:
    """Return the key of a choice by the words that it begins with."""
    select = page.one(rf'(<select name="{field}".*?</select>)')
    found = re.search(rf'<option value="([^"]+)"[^>]*>\s*{re.escape(words)}', select)
    assert found, (field, words, select)
    return found[1]


def register(supervisor: Visitor, *, code: str, name: str) -> int:
    """Go through the wizard; return the registered campaign's number."""
    at = supervisor.post("/campaigns/new/").path.removesuffix("purpose/")
    supervisor.post(f"{at}purpose/", purpose="P3")
    page = supervisor.get(f"{at}principal/")
    supervisor.post(f"{at}principal/", principal=chosen(page, "principal", PRINCIPAL))
    page = supervisor.get(f"{at}number/")
    number, trunk = chosen(page, "number", NUMBER), chosen(page, "trunk", TRUNK)
    supervisor.post(f"{at}number/", number=number, trunk=trunk)
    page = supervisor.get(f"{at}script/")
    supervisor.post(f"{at}script/", script=chosen(page, "script", SCRIPT))
    page = supervisor.post(
        f"{at}elements/",
        code=code,
        name=name,
        audience="在官网登记咨询的家长",
        content="答复课程安排",
        contact=f"致电 {NUMBER}",
        ring_seconds=15,
        max_attempts=3,
    )
    found = re.fullmatch(r"/campaigns/(\d+)/list/", page.path)
    assert found, (page.path, page.words())
    return int(found[1])


def upload(supervisor: Visitor, path: Path, *, campaign: str, name: str) -> str:
    """Upload a list for the campaign, agree to its columns; return the address of its import."""
    page = supervisor.get("/lists/upload/")
    page = supervisor.post(
        "/lists/upload/",
        files={"file": path},
        campaign=chosen(page, "campaign", campaign),
        contact_list="",
        name=name,
        source="own_form",
        collected_by=PRINCIPAL,
        notice="我们会就您登记的事项致电。",
    )
    return mapped(supervisor, page)


def mapped(visitor: Visitor, page: Page) -> str:
    """Agree to the columns as they are proposed, unless they are known already."""
    if not page.path.endswith("/columns/"):
        assert re.fullmatch(r"/(lists/uploads|imports)/\d+/", page.path), page.words()
        return page.path
    columns = re.findall(r'<select name="(column-\d+)".*?</select>', page.text, re.DOTALL)
    keys: dict[str, Any] = {name: _selected(page, name) for name in columns}
    page = visitor.post(page.path, **keys)
    assert not page.path.endswith("/columns/"), page.words()
    return page.path


def _selected(page: Page, name: str) -> str:
    select = page.one(rf'(<select name="{name}".*?</select>)')
    found = re.search(r'<option value="([^"]*)" selected', select)
    return found[1] if found else ""


def figures(page: Page) -> dict[str, int]:
    """Return the figures of an import, by their words."""
    found = re.findall(
        r'<div class="figure[^"]*"><dd><b>([\d,]+)</b></dd><dt>(?:<a[^>]*>)?([^<]+)', page.text
    )
    return {words: int(number.replace(",", "")) for number, words in found}


def applied(visitor: Visitor, at: str) -> tuple[Page, Page]:
    """Wait until the file is read, apply it, wait again; return both pages."""
    planned = visitor.wait_for(at, lambda page: "应用后的变化" in page.text)
    visitor.post(f"{at}apply/")
    return planned, visitor.wait_for(at, lambda page: "已应用" in page.text)


def consents_import(owner: Visitor, path: Path) -> Page:
    """Import consents of the principal's people; return the page that shows what came of it."""
    page = owner.get("/imports/upload/consents/")
    page = owner.post(
        "/imports/upload/consents/",
        files={"file": path},
        principal=chosen(page, "principal", PRINCIPAL),
        purpose="P3",
        basis="consent",
    )
    return applied(owner, mapped(owner, page))[1]


def sample_check(officer: Visitor) -> None:
    """Draw a sample of the new consents, and say of each that its proof was seen."""
    page = officer.get("/consents/samples/")
    whitelist = page.one(rf"{PRINCIPAL}.*?/consents/samples/draw/(\d+)/")
    page = officer.post(f"/consents/samples/draw/{whitelist}/")
    items = set(re.findall(r'name="(item-\d+)"', page.text))
    assert items, page.words()
    seen: dict[str, Any] = dict.fromkeys(items, "yes")
    page = officer.post(f"{page.path}check/", **seen)
    assert "抽样通过" in page.text, page.words()


def activate(supervisor: Visitor, officer: Visitor, filing: int) -> None:
    """Ask for the activation; another person, at another browser, gives it."""
    asked = supervisor.post(f"/campaigns/{filing}/ask/").path
    page = supervisor.post(f"{asked}decide/", verdict="approve", reason="自己批准")
    assert "另一浏览器" in page.text, page.words()
    page = officer.post(f"{asked}decide/", verdict="approve", reason="已核对")
    assert page.status == 200, page.words()


def card(agent: Visitor, campaign: str) -> str:
    """Press for a card until there is somebody who may be called; return the masked number."""
    free(agent)
    page = agent.post("/seat/preview/", campaign=campaign)
    for _ in range(PRESSES):
        if at(page, "looking"):
            break
        page = agent.post("/seat/preview/", campaign=campaign)
    return page.one(r'class="number">(\d{3}\*{4}\d{4})')


def free(agent: Visitor) -> None:
    """Wait until the seat has no call, and say what came of the last one where that is owed."""
    page = agent.wait_for("/seat/", lambda page: not any(at(page, one) for one in BUSY))
    if at(page, "wrap_up"):
        call_id = page.one(r'name="call" value="(\d+)"')
        agent.post("/seat/wrap-up/", call=call_id, said="talked")


def ready(agent: Visitor, campaign: str) -> None:
    """Press ready for the campaign, until the seat is."""
    free(agent)
    agent.wait_for(
        "/seat/",
        lambda _: at(agent.post("/seat/ready/", campaign=campaign), "ready"),
    )
    agent.wait_for("/seat/", lambda page: "话机未接通" not in page.text)


def call(agent: Visitor) -> None:
    """Read the card, and ask for the call."""
    agent.wait_for("/seat/", lambda page: "话机未接通" not in page.text)
    time.sleep(CARD_SECONDS)
    page = agent.post("/seat/call/")
    assert at(page, "dialling") or at(page, "ringing") or at(page, "talking"), page.words()


def say_no(agent: Visitor, page: Page) -> Page:
    """Press what an agent presses who hears 不需要."""
    return agent.post("/seat/refused/", call=page.one(r'name="call" value="(\d+)"'))


def at(page: Page, phase: str) -> bool:
    """Tell whether the desk is in that phase."""
    return f'data-phase="{phase}"' in page.text


def may_call(officer: Visitor, number: str, campaign: str) -> tuple[str, list[str]]:
    """Return the answer to "may I call?", and the rules that object."""
    page = officer.get(f"/api/can-i-call?number={quote(number)}&campaign={campaign}")
    assert page.status == 200, page.text
    answer: dict[str, Any] = page.json
    for one in answer["findings"]:  # every refusal says why, in both languages, and by what law
        assert all(one["title"][language] for language in ("zh", "en"))
        assert one["citations"]
    return str(answer["verdict"]), [one["rule"] for one in answer["findings"]]
