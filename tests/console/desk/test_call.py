"""What an agent does with a call, and what the desk then says."""

import pytest
from django.test import Client

from compliance import clock
from compliance.models import CampaignFiling, Consent, Overruling, Refusal
from compliance.services.refusal_record import refusal_record
from dialer.models import Attempt, DeskPress, Lead, Preview
from dialer.services.refusal_during_call import refusal_during_call
from tests.console.conftest import LogIn
from tests.console.desk.line import LINE, answer, carry, end, line_is_up, wait
from tests.console.seed import Seeded

HX = {"hx-request": "true"}


def look(agent: Client) -> str:
    page = agent.post("/seat/preview/", {"campaign": "spring-course"}, headers=HX)
    line_is_up()
    return page.content.decode()


def call(agent: Client) -> int:
    """Bring the desk to a call that was answered."""
    look(agent)
    wait(6)
    agent.post("/seat/call/", headers=HX)
    attempt = carry()
    answer(attempt)
    return attempt


def desk(agent: Client) -> str:
    return agent.get("/seat/").content.decode()


class TestALook:
    def test_that_met_nobody_says_whether_the_list_may_have_others(
        self, seeded: Seeded, agent: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So that an agent looks on, rather than waits for hours that have begun."""
        Consent.objects.update(withdrawn_at=clock.read())
        monkeypatch.setattr("dialer.services.preview_show.MOST_ASKED", 1)
        due = Lead.objects.due(now=clock.read()).filter(campaign=seeded.campaigns[0]).count()

        *on, over = [look(agent) for _ in range(due + 1)]

        assert due > 1
        assert all("名单上可能还有人" in one and "稍候再看一次" not in one for one in on)
        assert "此刻没有可以外呼的人" in over


class TestCard:
    def test_tells_who_why_by_what_right_and_when_last(
        self, seeded: Seeded, agent: Client
    ) -> None:
        page = look(agent)

        assert 'data-phase="looking"' in page
        for said in (
            "课程信息咨询回复",
            "晨星教育科技有限公司",
            "本人同意",
            "网页表单",
            "从未联系过",
        ):
            assert said in page

    def test_opens_the_call_after_five_seconds(self, seeded: Seeded, agent: Client) -> None:
        look(agent)

        page = agent.post("/seat/call/", headers=HX).content.decode()

        assert "请先看完名片" in page
        assert Preview.objects.open().count() == 1

    def test_is_the_same_after_a_reload(self, seeded: Seeded, agent: Client) -> None:
        look(agent)
        mark = desk(agent).split("seen=")[1].split('"')[0]

        assert f"seen={mark}" in desk(agent)
        assert agent.get("/seat/state/", {"seen": mark}).status_code == 204

    def test_says_why_the_gate_lets_no_call_leave(self, seeded: Seeded, agent: Client) -> None:
        look(agent)
        wait(6)
        card = Preview.objects.open().get()
        refusal_record(
            person_id=card.lead.person_id,
            principal=None,
            source="web",
            evidence="public page",
            actor="public:web",
            now=clock.read(),
        )

        page = agent.post("/seat/call/", headers=HX).content.decode()

        assert "未获许可" in page
        assert "CN13-REF-09" in page
        assert "CN13-REF-09" in desk(agent)


class TestRefusing:
    def test_by_the_agents_key_is_on_record_at_once(self, seeded: Seeded, agent: Client) -> None:
        attempt = call(agent)

        page = agent.post("/seat/refused/", {"call": attempt}, headers=HX).content.decode()

        refusal = Refusal.objects.get(evidence__contains=_permit(attempt))
        assert (refusal.source, refusal.everywhere) == ("agent", False)
        assert "您登记了对方的拒绝" in page

    def test_can_reach_everybody(self, seeded: Seeded, agent: Client) -> None:
        attempt = call(agent)

        agent.post("/seat/refused/", {"call": attempt, "all": "1"}, headers=HX)

        assert Refusal.objects.get(evidence__contains=_permit(attempt)).everywhere

    def test_is_not_for_the_calls_of_others(
        self, seeded: Seeded, agent: Client, log_in: LogIn
    ) -> None:
        attempt = call(agent)

        log_in("agent02").post("/seat/refused/", {"call": attempt}, headers=HX)

        assert not Refusal.objects.filter(evidence__contains=_permit(attempt)).exists()

    @pytest.mark.parametrize("named", ["", "x", "٣", "9" * 40, "-1"])
    def test_takes_no_call_that_is_none(self, seeded: Seeded, agent: Client, named: str) -> None:
        assert agent.post("/seat/refused/", {"call": named}, headers=HX).status_code == 200


class TestWrapUp:
    def test_is_owed_before_the_next_call(self, seeded: Seeded, agent: Client) -> None:
        attempt = call(agent)
        end(attempt)
        assert 'data-phase="wrap_up"' in desk(agent)

        page = agent.post("/seat/ready/", {"campaign": "spring-course"}, headers=HX)
        assert "请先填写上一通的小结" in page.content.decode()

        agent.post("/seat/wrap-up/", {"call": attempt, "said": "talked"}, headers=HX)
        assert Attempt.objects.get(pk=attempt).wrap_ups.get().said == "talked"
        page = agent.post("/seat/ready/", {"campaign": "spring-course"}, headers=HX)
        assert 'data-phase="ready"' in page.content.decode()

    def test_is_locked_once_a_refusal_was_heard(self, seeded: Seeded, agent: Client) -> None:
        attempt = call(agent)
        refusal_during_call(attempt_id=attempt, actor=LINE, now=clock.read())
        end(attempt)

        page = desk(agent)
        assert "对方按了 9" in page
        assert 'value="refused"' in page
        assert 'value="talked"' not in page

        stale = agent.post("/seat/wrap-up/", {"call": attempt, "said": "talked"}, headers=HX)
        assert "请确认" in stale.content.decode()
        assert not Attempt.objects.get(pk=attempt).wrap_ups.exists()
        assert not Overruling.objects.exists()  # a stale page is nobody's overruling

    def test_takes_no_word_off_the_list(self, seeded: Seeded, agent: Client) -> None:
        attempt = call(agent)
        end(attempt)

        agent.post("/seat/wrap-up/", {"call": attempt, "said": "sold"}, headers=HX)

        assert not Attempt.objects.get(pk=attempt).wrap_ups.exists()


class TestPresses:
    @pytest.mark.parametrize(
        ("url", "what"),
        [("/seat/hang-up/", "hang_up"), ("/seat/hold/", "hold"), ("/seat/resume/", "resume")],
    )
    def test_reach_the_line(self, seeded: Seeded, agent: Client, url: str, what: str) -> None:
        attempt = call(agent)

        agent.post(url, {"call": attempt}, headers=HX)

        assert DeskPress.objects.get(attempt=attempt).what == what

    def test_come_too_late_after_the_end(self, seeded: Seeded, agent: Client) -> None:
        attempt = call(agent)
        end(attempt)

        page = agent.post("/seat/hang-up/", {"call": attempt}, headers=HX).content.decode()

        assert "已经结束" in page
        assert not DeskPress.objects.exists()

    def test_offer_what_the_campaigns_are(self, seeded: Seeded, agent: Client) -> None:
        CampaignFiling.objects.filter(code="meter-notice").update(state="paused")

        assert 'value="meter-notice"' not in desk(agent)


def test_takes_few_queries(
    seeded: Seeded, agent: Client, django_assert_max_num_queries: object
) -> None:
    call(agent)

    with django_assert_max_num_queries(40):  # type: ignore[operator]
        desk(agent)


def _permit(attempt: int) -> str:
    return str(Attempt.objects.get(pk=attempt).permit_id)
