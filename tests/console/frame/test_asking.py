"""What asking a second person leaves behind, and what whoever asks the same thing sees."""

import pytest
from django.test import Client
from django.urls import reverse

from compliance import clock
from compliance.models import KillSwitch, Mandate
from compliance.services.kill_switch import kill_switch_engage
from compliance.services.parties_register import mandate_record
from console.models import Approval
from tests.console.administration.parties.papers import DAY, PARTIES, TODAY
from tests.console.call_centre.registers import DIGEST, paper, shown
from tests.console.conftest import LogIn
from tests.console.house import ACTOR
from tests.console.seed import Seeded

HOLDS = "求证 13812345678 的投诉\0"


@pytest.fixture
def stopped(seeded: Seeded) -> KillSwitch:
    kill_switch_engage(scope="platform", target="", reason="演练", actor=ACTOR, now=clock.read())
    return KillSwitch.objects.get()


def release(client: Client, stopped: KillSwitch, reason: str = "已查明") -> str:
    url = reverse("console:stop_release", args=[stopped.pk])
    return client.post(url, {"reason": reason}).headers["Location"]


class TestAReason:
    """What is asked stays for ever; so no number, and no text that the database cannot hold."""

    def test_is_kept_without_numbers(self, stopped: KillSwitch, log_in: LogIn) -> None:
        release(log_in("supervisor"), stopped, HOLDS)

        assert Approval.objects.get().asked == {
            "reason": "求证 *** 的投诉\N{REPLACEMENT CHARACTER}"
        }

    def test_is_kept_so_for_an_export_too(self, seeded: Seeded, log_in: LogIn) -> None:
        said = {"what": "all", "disclose": "yes", "reason": HOLDS}

        log_in("compliance").post(reverse("console:audit_export"), said)

        assert "求证 *** 的投诉" in Approval.objects.get().asked["reason"]


class TestAskingForTheSame:
    def test_leads_to_what_waits_and_says_so(self, stopped: KillSwitch, log_in: LogIn) -> None:
        first = release(log_in("owner"), stopped)
        supervisor = log_in("supervisor")

        to = release(supervisor, stopped, "另一理由")

        assert to == first
        body = shown(supervisor, to)
        assert "已在等待复核" in body
        assert "已查明" in body
        assert 'value="approve"' not in body  # a supervisor asks, and does not decide

    def test_is_nothing_for_a_role_that_may_not_ask(
        self, stopped: KillSwitch, log_in: LogIn
    ) -> None:
        to = release(log_in("owner"), stopped)

        for username in ("agent01", "regulator"):
            assert log_in(username).get(to).status_code in (403, 404), username

    def test_of_another_contract_is_not_the_same(self, seeded: Seeded, log_in: LogIn) -> None:
        owner, school = log_in("owner"), seeded.campaigns[0].filing.principal
        path = f"{PARTIES}{school.pk}/returned/"
        ended = [TODAY - 5 * DAY, TODAY - DAY]
        mandate_record(
            principal=school,
            contract_number="WT-SECOND",
            valid_from=TODAY - 3 * DAY,
            valid_until=ended[1],
            document_sha256=DIGEST,
            actor=ACTOR,
            now=clock.read(),
        )
        Mandate.objects.exclude(contract_number="WT-SECOND").update(valid_until=ended[0])

        to = [
            owner.post(
                path,
                {"contract_end": day, "method": "deleted", "on": TODAY, "document": paper()},
            ).headers["Location"]
            for day in ended
        ]

        assert len(set(to)) == 2
        assert "已记录" not in shown(owner, to[0])
        assert all(str(day) in shown(owner, page) for day, page in zip(ended, to, strict=True))
