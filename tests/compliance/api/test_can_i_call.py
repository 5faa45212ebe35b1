import hashlib
import io
import json

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.models import Decision, Permit
from compliance.models.words import RefusalSource
from compliance.numbers import normalise
from compliance.services.refusal_record import refusal_record
from compliance.vault import number_index
from tests.compliance.api.asking import KNOWN, NOON, STRANGER, command
from tests.compliance.imports.house import NOW, House, consent, everything_stored, row_counts


class TestCanICall:
    def test_allows_whom_every_rule_allows(self, house: House) -> None:
        consent(house, KNOWN)

        code, answer = command(KNOWN)

        assert (code, answer["verdict"], answer["findings"]) == (0, "allow", [])
        assert answer["number"] == "138****8000"

    def test_defers_to_the_end_of_the_noon_rest(self, house: House) -> None:
        consent(house, KNOWN)

        code, answer = command(KNOWN, at=NOON)

        assert (code, answer["verdict"]) == (3, "defer")
        assert answer["retry_at"] == "2026-03-11T06:00:00.000000Z"

    def test_takes_an_instant_without_a_zone_as_beijings(self, house: House) -> None:
        consent(house, KNOWN)

        assert command(KNOWN, at="2026-03-11 12:30")[1]["at"] == "2026-03-11T04:30:00.000000Z"

    def test_refuses_with_rule_basis_citation_and_both_languages(self, house: House) -> None:
        person = consent(house, KNOWN)
        refusal_record(
            person_id=person,
            principal=house.principal,
            source=RefusalSource.LETTER,
            evidence="letter 1",
            actor="svc:test",
            now=NOW,
        )

        code, answer = command(KNOWN)

        assert (code, answer["verdict"], answer["retry_at"]) == (4, "refuse", None)
        finding = next(one for one in answer["findings"] if one["rule"] == "CN13-REF-01")
        assert finding["reason"]["zh"].startswith("被叫已于")
        assert finding["reason"]["en"].startswith("The person refused")
        assert finding["basis"]["code"] in "abcd"
        assert finding["citations"][0]["title"]["en"]

    def test_lists_every_rule_that_was_asked_if_wanted(self, house: House) -> None:
        consent(house, KNOWN)

        answer = command(KNOWN, all=True)[1]

        assert len(answer["findings"]) == answer["rules_asked"] > 20
        assert {one["title"]["zh"] and one["title"]["en"] for one in answer["findings"]} != {""}

    def test_never_creates_a_permit(self, house: House) -> None:
        consent(house, KNOWN)

        for _ in range(3):
            command(KNOWN)

        assert not Permit.objects.exists()
        assert set(Decision.objects.values_list("kind", flat=True)) == {"question"}

    def test_is_on_the_record(self, house: House) -> None:
        person = consent(house, KNOWN)

        answer = command(KNOWN)[1]

        entry = AuditEntry.objects.get(action="call.asked")
        said = json.loads(bytes(entry.body))["data"]
        stored = Decision.objects.get(pk=answer["question"])
        assert entry.object == f"decision:{stored.pk}"
        assert said["person"] == person
        assert said["facts_sha256"] == hashlib.sha256(bytes(stored.facts)).hexdigest()

    @pytest.mark.parametrize("number", ["110", "1381", "+1 415 555 2671", "", "1.38E+10"])
    def test_does_not_understand_what_is_no_persons_number(
        self, house: House, number: str
    ) -> None:
        with pytest.raises(CommandError, match=r"[\u4e00-\u9fff].*[A-Za-z]{3}") as error:
            command(number)

        assert error.value.returncode == 2

    @pytest.mark.parametrize("at", ["tomorrow", "2026-13-01", "9999-12-31T23:59Z", "2001-01-01"])
    def test_does_not_understand_an_instant_that_is_none(self, house: House, at: str) -> None:
        with pytest.raises(CommandError) as error:
            command(KNOWN, at=at)

        assert error.value.returncode == 2

    def test_does_not_know_a_campaign_that_is_none(self, house: House) -> None:
        with pytest.raises(CommandError, match="no such campaign"):
            call_command("can_i_call", KNOWN, campaign="nowhere")

    def test_says_it_to_people_in_both_languages(self, house: House) -> None:
        out = io.StringIO()

        with pytest.raises(SystemExit):
            call_command("can_i_call", STRANGER, campaign="spring-course", stdout=out)

        assert "不可外呼" in out.getvalue()
        assert "may not be called" in out.getvalue()
        assert STRANGER not in out.getvalue()


class TestAStranger:
    def test_is_refused_for_want_of_consent(self, house: House) -> None:
        code, answer = command(STRANGER)

        assert (code, answer["verdict"], answer["number_on_record"]) == (4, "refuse", False)
        assert "CN13-CON-01" in [one["rule"] for one in answer["findings"]]

    def test_is_judged_by_every_rule_like_anybody(self, house: House) -> None:
        consent(house, KNOWN)

        known, stranger = (command(number, all=True)[1] for number in (KNOWN, STRANGER))

        assert stranger["rules_asked"] == known["rules_asked"]
        differing = {
            one["rule"]
            for one, other in zip(known["findings"], stranger["findings"], strict=True)
            if one["verdict"] != other["verdict"]
        }
        assert {rule[:8] for rule in differing} == {"CN13-CON"}

    def test_is_not_stored(self, house: House) -> None:
        before = row_counts()

        command(STRANGER)

        after = row_counts()
        assert {label for label in after if after[label] != before[label]} == {
            "audit.AuditEntry", "audit.AuditPending",
        }  # fmt: skip
        assert STRANGER not in everything_stored()

    def test_is_on_the_record_by_a_keyed_digest(self, house: House) -> None:
        answer = command(STRANGER)[1]

        entry = AuditEntry.objects.get(action="call.asked")
        said = json.loads(bytes(entry.body))["data"]
        assert entry.object == f"question:{answer['question']}"
        assert said["callee"] == number_index(normalise(STRANGER).e164).hex()
        assert said["verdict"] == "refuse"
