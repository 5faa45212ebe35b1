"""SILENCE-IS-OPTIN: no answer to the question counts as consent.

Here only a plain yes does; what is unclear is rejected with its reason, and an agent's word about
a call is no consent either.
"""

from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command

from compliance.models import Consent, Person
from compliance.numbers import normalise
from compliance.services.person_for_number import person_for_number
from dialer.models import Lead
from tests.compliance.imports.files import write_text
from tests.parties import sha256
from tests.scenarios.floor import Floor
from tests.vouching import consent_text, vouch
from tests.world import MORNING, World, number_at

HEADINGS = ["手机号", "是否同意", "同意时间", "告知文本", "方式", "凭证哈希", "目的"]
SILENCE = ["", "未答复", "考虑一下", "默认同意", "无人接听", "已挂断", "同意(待确认)", "不反对"]


def import_answers(world: World, path: Path, answers: list[str]) -> list[Person]:
    """Import what people answered to the question, as a list of consents."""
    text = consent_text(world.principal)
    rows = [
        [number_at(place), answer, "2026-03-01 09:30", text, "网页", sha256(str(place)), "P3"]
        for place, answer in enumerate(answers)
    ]
    write_text(path, [HEADINGS, *rows])
    call_command(
        "consents_import",
        str(path),
        principal=world.principal.name,
        purpose="P3",
        by="approver",
        yes=True,
        json=True,
    )
    vouch(world.filing.whitelist)
    numbers = [normalise(number_at(place)) for place in range(len(answers))]
    return [person_for_number(number=number, now=MORNING) for number in numbers]


class TestSilence:
    def test_is_no_consent(
        self, world: World, open_floor: Callable[..., Floor], tmp_path: Path
    ) -> None:
        floor = open_floor()
        floor.start_line()

        *silent, agreed = import_answers(world, tmp_path / "answers.csv", [*SILENCE, "同意"])
        floor.leads(*silent, agreed)
        floor.work_off()

        assert Consent.objects.get().person == agreed
        assert [floor.invites_to(person) for person in silent] == [0] * len(SILENCE)
        assert floor.invites_to(agreed) == 1
        assert Lead.objects.filter(state=Lead.State.BLOCKED).count() == len(SILENCE)
        assert floor.wire_equals_permits()
