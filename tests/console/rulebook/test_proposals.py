"""From a change of one number to an edition that somebody else has approved."""

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from compliance.models import PackEdition
from console.jobs import queue
from console.models import Approval, Job, ReplayReport
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

RULE = "CN13-FRQ-01"
PROPOSE = reverse("console:rulebook_propose", args=[RULE])
ENVELOPE = reverse("console:rulebook_propose", args=["CN13-TIM-01"])


@pytest.fixture
def officer(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("compliance")


def form(client: Client, *, at: str = PROPOSE, **changes: str) -> dict[str, str]:
    """Return the form as the page offers it, with these fields changed."""
    proposal = client.get(at).context["proposal"]
    fields = {field.name: field.text for field in proposal.fields}
    rest = {"version": proposal.version, "effective": proposal.effective, "reason": "更严"}
    return fields | rest | changes


def proposed(client: Client) -> PackEdition:
    response = client.post(PROPOSE, form(client, **{"n.P1.h24": "1", "propose": "1"}))
    edition = PackEdition.objects.latest("pk")
    assert response["Location"] == reverse("console:rulebook_edition", args=[edition.pk])
    return edition


class TestAProposal:
    def test_is_an_edition_that_waits_for_another_person(self, officer: Client) -> None:
        edition = proposed(officer)

        approval = Approval.objects.get()
        page = officer.get(reverse("console:rulebook_edition", args=[edition.pk]))
        change = next(one for one in page.context["changes"] if one.one.path == "P1.h24")
        assert (approval.kind, approval.subject) == ("pack", str(edition.pk))
        assert (change.before, change.after, change.one.direction) == ("2", "1", "tighter")

    def test_is_refused_below_the_floor_beside_the_field(self, officer: Client) -> None:
        response = officer.post(PROPOSE, form(officer, **{"n.P1.h24": "9", "propose": "1"}))

        field = next(one for one in response.context["proposal"].fields if one.path == "P1.h24")
        assert field.text == "9"
        assert "突破底线" in field.error
        assert not PackEdition.objects.exists()

    @pytest.mark.parametrize(
        ("name", "text"),
        [("n.P1.h24", "two"), ("reason", ""), ("version", ""), ("effective", "2020-01-01T00:00")],
    )
    def test_is_refused_with_what_is_wrong(self, officer: Client, name: str, text: str) -> None:
        changes = {"n.P2.h24": "1", "propose": "1"} | {name: text}

        response = officer.post(PROPOSE, form(officer, **changes))

        assert name.removeprefix("n.") in response.context["proposal"].errors
        assert not PackEdition.objects.exists()

    def test_of_nothing_is_none(self, officer: Client) -> None:
        response = officer.post(PROPOSE, form(officer, propose="1"))

        assert response.context["proposal"].errors[""]
        assert not PackEdition.objects.exists()

    def test_without_an_instant_is_none(self, officer: Client) -> None:
        edition = proposed(officer)
        before = PackEdition.objects.count()

        response = officer.post(
            PROPOSE, form(officer, **{"n.P1.h24": "0", "effective": "", "propose": "1"})
        )

        assert "effective" in response.context["proposal"].errors
        assert PackEdition.objects.count() == before
        assert edition.approver is None

    def test_is_in_force_once_another_person_approved_it(
        self, officer: Client, log_in: LogIn
    ) -> None:
        edition = proposed(officer)
        approval = Approval.objects.get()
        decide = reverse("console:approval_decide", args=[approval.pk])

        officer.post(decide, {"verdict": "approve", "reason": ""})
        assert not PackEdition.objects.exclude(approver=None).exists()

        log_in("owner").post(decide, {"verdict": "approve", "reason": "已核对"})
        edition.refresh_from_db()
        assert edition.approver is not None
        page = officer.get(reverse("console:rulebook_edition", args=[edition.pk]))
        assert page.context["state"] == "to_come"

    def test_can_be_compared_with_any_other(self, officer: Client) -> None:
        edition = proposed(officer)
        pair = {"old": str(edition.base_id), "new": str(edition.pk)}

        changes = officer.get(reverse("console:rulebook_diff"), pair).context["changes"]

        assert {change.one.path for change in changes} == {"version", "P1.h24"}


class TestAReplay:
    def test_tells_what_a_change_would_have_done_before_anybody_proposes_it(
        self, officer: Client
    ) -> None:
        late = {"n.P3": "15:00-21:00", "n.P4": "15:00-21:00", "replay": "1", "last": "1000"}
        officer.post(ENVELOPE, form(officer, at=ENVELOPE, **late))
        job = Job.objects.get()

        queue.run(job.pk)

        report = ReplayReport.objects.get(job=job).report
        page = officer.get(reverse("console:rulebook_replay", args=[job.pk]))
        assert report["decisions"] > 0
        assert report["rules"]["CN13-TIM-01"]["newly_deferred"]["count"] > 0
        assert page.status_code == 200
        assert not PackEdition.objects.exists()
        assert AuditEntry.objects.of("rules.replayed").count() == 1

    def test_of_an_edition_is_listed_on_its_page(self, officer: Client) -> None:
        edition = proposed(officer)
        start = reverse("console:rulebook_replay_start", args=[edition.pk])

        officer.post(start, {"last": "1000"})
        queue.run(Job.objects.get().pk)

        page = officer.get(reverse("console:rulebook_edition", args=[edition.pk]))
        assert [one.edition_id for one in page.context["replays"]] == [edition.pk]
