"""From an empty database to an active campaign: the run of docs/desks.md, command by command."""

import io
import json
import re
import shlex
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from compliance.models import Seat, User
from dialer.models import Campaign, Lead
from dialer.services.seat_press import seat_ready
from tests.parties import HONEST_STEPS, MORNING
from tests.world import freeze, sha256

DOCS = Path(__file__).resolve().parents[2] / "docs" / "desks.md"
CENTRE, PRINCIPAL = "允呼呼叫中心有限公司", "晨星教育科技有限公司"
FORM = f"□ 同意{PRINCIPAL}就所选事项电话联系本人（人工坐席，不使用机器人），可随时按9撤回。"
CALLEE = "13810000000"


def commands() -> list[list[str]]:
    """Return the run's commands as the page shows them."""
    page = DOCS.read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(manage\.py accounts.*?)```", page, re.DOTALL)
    return [shlex.split(line)[1:] for line in block.splitlines()]


def write_files(folder: Path) -> None:
    """Write the files that the commands name."""
    deployment = {
        "operator": CENTRE,
        "credit_code": "91310000EXAMPLE001",
        "regime": "b24_operator",
        "data_location": "CN",
        "services": {"database": "CN", "recordings": "CN"},
        "rents_seats": False,
    }
    steps = [{"step": one.step, "text": one.text} for one in HONEST_STEPS]
    given = (MORNING - timedelta(days=5)).strftime("%Y/%m/%d %H:%M")
    heading = "手机号,是否同意,同意时间,告知文本,方式,凭证哈希,目的"
    consent = f"{CALLEE},同意,{given},{FORM},web,{sha256('evidence')},P3"
    texts = {
        "paper.pdf": "paper",
        "identity.txt": "310101199001010000\n",
        "form.txt": FORM,
        "deployment.json": json.dumps(deployment),
        "script.json": json.dumps(steps),
        "consents.csv": f"{heading}\n{consent}\n",
        "leads.csv": f"手机号\n{CALLEE}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)


def told(words: list[str], ids: dict[str, str]) -> dict[str, Any]:
    """Run one command; a refusal that only says so leaves through its exit code."""
    out = io.StringIO()
    try:
        call_command(*(ids.get(word, word) for word in words), "--json", stdout=out)
    except SystemExit:
        assert words[0] == "can_i_call"
    answer: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return answer


@pytest.mark.django_db
def test_an_empty_house_comes_to_call_by_commands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not User.objects.exists()
    freeze(MORNING)
    write_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    ids: dict[str, str] = {}

    *run, question = commands()
    for words in run:
        answer = told(words, ids)
        if words[:2] == ["scripts", "approve"]:
            ids["SCRIPT"] = str(answer["script"])
        if words[:2] == ["consent_sample", "draw"]:
            ids |= {"SAMPLE": str(answer["sample"]), "ITEM": str(answer["items"][0]["item"])}
    before = told(question, ids)
    seat = Seat.objects.get()
    campaign = Campaign.objects.get()
    seat_ready(seat=seat, campaign=campaign, actor=f"u:{seat.agent_id}", now=MORNING)
    after = told(question, ids)

    assert Lead.objects.filter(campaign=campaign).count() == 1
    assert [finding["rule"] for finding in before["findings"]] == ["CN13-DIA-02"]
    assert (after["verdict"], after["findings"]) == ("allow", [])
    assert told(["campaigns", "show"], {})["campaigns"][0]["state"] == "active"
