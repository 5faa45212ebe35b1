"""From a purpose to a campaign that runs: every step, who objects, and the second person."""

import pytest
from django.test import Client

from compliance.models import CampaignFiling
from console.models import Approval, CampaignCheck, CampaignDraft, Job
from tests.console.call_centre.conftest import work
from tests.console.call_centre.test_lists import GOOD, mapped, upload
from tests.console.conftest import LogIn
from tests.console.seed import Seeded, seed

ELEMENTS = {
    "name": "秋季课程回复",
    "code": "autumn-course",
    "audience": "在官网登记咨询的家长",
    "content": "答复课程安排",
    "contact": "致电 9512301",
    "ring_seconds": "20",
    "max_attempts": "2",
}


def begin(client: Client) -> CampaignDraft:
    client.post("/campaigns/new/")
    return CampaignDraft.objects.latest("pk")


def say(client: Client, draft: CampaignDraft, step: str, **given: object) -> str:
    answer = client.post(f"/campaigns/drafts/{draft.pk}/{step}/", given)
    return str(answer.headers.get("Location", answer.status_code))


def chosen(client: Client, seeded: Seeded) -> CampaignDraft:
    """Answer all steps but the last as the campaign that runs already."""
    like, draft = seeded.campaigns[0].filing, begin(client)
    say(client, draft, "purpose", purpose=like.purpose)
    say(client, draft, "principal", principal=like.principal_id)
    say(client, draft, "number", number=like.caller_number_id, trunk=like.trunk_id)
    say(client, draft, "script", script=like.script_id)
    return draft


def registered(client: Client, seeded: Seeded) -> CampaignFiling:
    say(client, chosen(client, seeded), "elements", **ELEMENTS)
    return CampaignFiling.objects.get(code="autumn-course")


class TestTheWizard:
    def test_leads_from_step_to_step_and_registers(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        like, draft = seeded.campaigns[0].filing, begin(supervisor)
        at = f"/campaigns/drafts/{draft.pk}"

        assert say(supervisor, draft, "purpose", purpose="P3") == f"{at}/principal/"
        to = say(supervisor, draft, "principal", principal=like.principal_id)
        assert to == f"{at}/number/"
        given = {"number": like.caller_number_id, "trunk": like.trunk_id}
        assert say(supervisor, draft, "number", **given) == f"{at}/script/"
        assert say(supervisor, draft, "script", script=like.script_id) == f"{at}/elements/"
        to = say(supervisor, draft, "elements", **ELEMENTS)

        filing = CampaignFiling.objects.get(code="autumn-course")
        assert to == f"/campaigns/{filing.pk}/list/"
        assert (filing.state, filing.author.username) == ("draft", "supervisor")
        assert (filing.campaign.ring_seconds, filing.campaign.max_attempts) == (20, 2)
        assert supervisor.get(f"{at}/purpose/")["Location"] == to

    def test_keeps_a_draft_for_its_author_alone(
        self, seeded: Seeded, supervisor: Client, officer: Client
    ) -> None:
        draft = chosen(supervisor, seeded)

        page = supervisor.get(f"/campaigns/drafts/{draft.pk}/script/").content.decode()

        assert "selected" in page
        assert f"/campaigns/drafts/{draft.pk}/" in supervisor.get("/campaigns/").content.decode()
        assert officer.get(f"/campaigns/drafts/{draft.pk}/script/").status_code == 404
        supervisor.post(f"/campaigns/drafts/{draft.pk}/discard/")
        assert supervisor.get(f"/campaigns/drafts/{draft.pk}/script/").status_code == 404

    def test_says_at_once_who_objects_to_a_purpose_with_the_citation(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        draft = begin(supervisor)

        to = say(supervisor, draft, "purpose", purpose="P1")

        assert to == f"/campaigns/drafts/{draft.pk}/purpose/"
        page = supervisor.get(to).content.decode()
        assert "CN13-LIC-02" in page
        assert 'class="citations"' in page
        assert "CN13-LIC-05" not in page  # no principal yet, so nobody asks for a mandate

    def test_is_refused_whole_at_the_end_whatever_the_steps_said(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        draft = chosen(supervisor, seeded)
        CampaignDraft.objects.filter(pk=draft.pk).update(
            answers={**CampaignDraft.objects.get(pk=draft.pk).answers, "purpose": "P1"}
        )

        answer = supervisor.post(f"/campaigns/drafts/{draft.pk}/elements/", ELEMENTS)

        assert answer.status_code == 422
        assert "CN13-LIC-02" in answer.content.decode()
        assert not CampaignFiling.objects.filter(code="autumn-course").exists()

    def test_asks_for_another_script_once_the_purpose_is_another(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        draft = chosen(supervisor, seeded)

        say(supervisor, draft, "purpose", purpose="P4")

        draft.refresh_from_db()
        assert "script" not in draft.answers

    def test_takes_no_number_that_is_not_filed(self, seeded: Seeded, supervisor: Client) -> None:
        draft = begin(supervisor)

        for number in ("9512399", "13810000011", "999"):
            assert say(supervisor, draft, "number", number=number, trunk="1") == "422"

    def test_refuses_a_code_that_is_taken(self, seeded: Seeded, supervisor: Client) -> None:
        draft = chosen(supervisor, seeded)

        answer = supervisor.post(
            f"/campaigns/drafts/{draft.pk}/elements/", {**ELEMENTS, "code": "spring-course"}
        )

        assert "该代码已被使用" in answer.content.decode()


class TestARegisteredCampaign:
    def test_shows_the_hours_that_the_rulebook_leaves(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        filing = registered(supervisor, seeded)

        page = supervisor.get(f"/campaigns/{filing.pk}/hours/").content.decode()

        assert page.count("工作日") >= 3  # Wednesday to Friday
        assert "09:00-12:00" in page

    def test_runs_once_another_person_has_approved(
        self, seeded: Seeded, supervisor: Client, officer: Client
    ) -> None:
        filing = registered(supervisor, seeded)

        to = supervisor.post(f"/campaigns/{filing.pk}/ask/")["Location"]
        approval = Approval.objects.get()
        assert to == f"/approvals/{approval.pk}/"
        assert supervisor.post(f"/campaigns/{filing.pk}/ask/")["Location"] == to
        supervisor.post(f"{to}decide/", {"verdict": "approve", "reason": "好"})
        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.DRAFT

        officer.post(f"{to}decide/", {"verdict": "approve", "reason": "已核对"})

        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.ACTIVE

    def test_is_paused_by_one_and_resumed_by_two(
        self, seeded: Seeded, supervisor: Client, officer: Client
    ) -> None:
        filing = seeded.campaigns[0].filing

        supervisor.post(f"/campaigns/{filing.pk}/pause/", {"reason": " "})
        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.ACTIVE
        supervisor.post(f"/campaigns/{filing.pk}/pause/", {"reason": "线路异常"})
        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.PAUSED

        to = supervisor.post(f"/campaigns/{filing.pk}/resume/", {"reason": "已修复"})["Location"]
        supervisor.post(f"{to}decide/", {"verdict": "approve", "reason": "好"})
        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.PAUSED
        officer.post(f"{to}decide/", {"verdict": "approve", "reason": "已核对"})
        filing.refresh_from_db()
        assert filing.state == CampaignFiling.State.ACTIVE

    @pytest.mark.parametrize("step", ["list", "hours", "check", "activation"])
    def test_shows_each_step_to_whoever_oversees_and_to_nobody_else(
        self, seeded: Seeded, log_in: LogIn, step: str
    ) -> None:
        url = f"/campaigns/{seeded.campaigns[0].filing.pk}/{step}/"

        for name, status in (("owner", 200), ("compliance", 200), ("agent01", 403)):
            assert log_in(name).get(url).status_code == status


@pytest.mark.django_db(transaction=True)
class TestAPreflightCheck:
    def test_is_checked_in_the_background_and_says_why_not(self, log_in: LogIn) -> None:
        seeded = seed(leads=8, seats=4)
        supervisor = log_in("supervisor")
        filing = registered(supervisor, seeded)
        row = upload(supervisor, seeded, *GOOD, campaign=str(filing.campaign.pk))
        mapped(supervisor, row)
        work()
        supervisor.post(f"/lists/uploads/{row.pk}/apply/")
        work()

        supervisor.post(f"/campaigns/{filing.pk}/check/run/")
        assert "hx-get" in supervisor.get(f"/campaigns/{filing.pk}/check/").content.decode()
        (job,) = work()

        assert (job.state, job.result) == (Job.State.DONE, f"/campaigns/{filing.pk}/check/")
        report = CampaignCheck.objects.get().report
        assert (report["people"], report["never"]) == (len(GOOD), len(GOOD))
        page = supervisor.get(f"/campaigns/{filing.pk}/check/").content.decode()
        assert "CN13-CON-01" in page  # nobody on the list has agreed
        assert f"0 / {len(GOOD)}" in page
