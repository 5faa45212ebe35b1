"""A script is approved by a second person, for one principal and purpose, and is never changed."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import ScriptVersion
from compliance.rulebook.facts import ScriptFacts
from compliance.scripts import Step
from compliance.selectors.filing_facts import filing_facts
from compliance.services.script_approve import (
    ScriptFaultsError,
    ScriptNotSecondPersonError,
    script_approve,
)
from tests.compliance.gate.referee import forbidden
from tests.parties import HONEST_STEPS
from tests.stages import staged
from tests.world import MORNING, World, ask, build_world, callee

pytestmark = pytest.mark.django_db(transaction=True)


@staged
def world() -> World:
    return build_world()


def approve(world: World, **changes: Any) -> ScriptVersion:
    given = {
        "title": "春季课程",
        "principal": world.principal,
        "purpose": "P3",
        "steps": HONEST_STEPS,
        "offers": False,
        "author": world.people.author,
        "approver": world.people.approver,
        "now": MORNING,
    }
    return script_approve(**{**given, **changes})


def facts_of(world: World) -> ScriptFacts:
    script = filing_facts(filing=world.filing, now=MORNING).script
    assert script is not None
    return script


class TestApproval:
    def test_keeps_the_steps_with_their_digest(self, world: World) -> None:
        first, second = approve(world), approve(world)

        assert (first.version, second.version) == (1, 2)
        assert first.text_sha256 == second.text_sha256
        assert len(first.lexicon_sha256) == 64
        entry = AuditEntry.objects.get(object=f"script:{first.pk}")
        assert entry.action == "script.approved"

    @pytest.mark.parametrize("role", ["author", "owner"])
    def test_is_a_second_persons(self, world: World, role: str) -> None:
        person = getattr(world.people, role)

        with pytest.raises(ScriptNotSecondPersonError):
            approve(world, author=person, approver=person)

    def test_is_not_a_supervisors(self, world: World) -> None:
        with pytest.raises(ScriptNotSecondPersonError):
            approve(world, author=world.people.owner, approver=world.people.author)

    def test_is_refused_while_the_lint_finds_an_error(self, world: World) -> None:
        before = ScriptVersion.objects.count()

        with pytest.raises(ScriptFaultsError) as refused:
            approve(world, steps=(*HONEST_STEPS, Step("offer", "免费领取，验证码报给我")))

        assert {one.fault for one in refused.value.findings} >= {"free", "codes"}
        assert ScriptVersion.objects.count() == before

    def test_calls_an_offer_an_offer(self, world: World) -> None:
        steps = (*HONEST_STEPS, Step("offer", "新课程现在报名有优惠"))

        assert approve(world, steps=steps).offers is True

    def test_can_never_be_changed(self, world: World) -> None:
        forbidden("UPDATE compliance_scriptversion SET text = 'x'", match="append-only")
        forbidden("DELETE FROM compliance_scriptversion", match="append-only")


class TestFacts:
    def test_are_those_of_a_good_script(self, world: World) -> None:
        facts = facts_of(world)

        assert facts.intact
        assert facts.for_principal
        assert facts.for_purpose
        assert facts.faults == ()

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ("text = text || '免费'", "CN13-SCR-01"),
            ("steps = jsonb_set(steps, '{1,text}', '\"请把验证码念给我\"')", "CN13-SCR-07"),
            ("steps = '[]'", "CN13-SCR-01"),
            ("purpose = 'P4'", "CN13-SCR-01"),
            ("principal_id = NULL", "CN13-SCR-01"),
        ],
    )
    def test_show_what_somebody_did_behind_the_guard(
        self, world: World, change: str, rule: str
    ) -> None:
        person = callee(world)
        table = "compliance_scriptversion"
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
            cursor.execute(f"UPDATE {table} SET {change}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert rule in answer.rules


def check(*arguments: str) -> tuple[int, dict[str, Any]]:
    out, code = io.StringIO(), 0
    try:
        call_command("script_check", *arguments, "--json", stdout=out)
    except SystemExit as left:
        code = int(str(left.code))
    return code, json.loads(out.getvalue().splitlines()[-1])


class TestScriptCheck:
    def test_finds_an_approved_script_fit(self, world: World) -> None:
        code, told = check("--script", world.filing.script.title)

        assert (code, told["fit"], told["findings"]) == (0, True, [])

    def test_says_what_to_mend(self, world: World, tmp_path: Path) -> None:
        file = tmp_path / "script.json"
        file.write_text('[{"step": "opening", "text": "我是移动公司的，免费送您流量"}]', "utf-8")

        code, told = check(str(file), "--principal", world.principal.name, "--purpose", "P3")

        assert code == 1
        assert told["faults"] == ["disclosure", "free", "identity"]
        assert all(one["mend"]["zh"] and one["mend"]["en"] for one in told["findings"])

    @pytest.mark.parametrize("content", ["", "[]", '[{"step": "x", "text": "y"}]', "\xff"])
    def test_does_not_understand_other_files(
        self, world: World, tmp_path: Path, content: str
    ) -> None:
        file = tmp_path / "script.json"
        file.write_bytes(content.encode("latin-1"))

        with pytest.raises(CommandError):
            check(str(file), "--principal", world.principal.name, "--purpose", "P3")

    @pytest.mark.parametrize(
        "arguments",
        [(), ("--script", "没有"), ("x.json", "--principal", "没有", "--purpose", "P3")],
    )
    def test_says_what_is_missing(self, world: World, arguments: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            check(*arguments)
