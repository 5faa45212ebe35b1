"""Scripts: written by one person, read by the lint, approved by another, told apart by version."""

import pytest
from django.test import Client
from django.urls import reverse

from compliance import clock
from compliance.models import ScriptVersion
from compliance.services.script_approve import script_approve
from console.models import Approval
from console.selectors.call_centre.scripts import changes
from tests.console.conftest import LogIn
from tests.console.seed import Seeded
from tests.parties import HONEST_STEPS


def url(name: str, **given: object) -> str:
    return reverse(f"console:{name}", kwargs=given)


def first() -> ScriptVersion:
    return ScriptVersion.objects.order_by("pk")[0]


def form(script: ScriptVersion, **more: str) -> dict[str, str]:
    """Return the form as the browser sends it, filled with a version."""
    rows: dict[str, str] = {}
    for place, one in enumerate(script.steps):
        rows |= {f"step_{place}": one["step"], f"text_{place}": one["text"]}
    said = {"title": script.title, "principal": str(script.principal_id)}
    return rows | said | {"purpose": script.purpose, "what": "ask", **more}


class TestTheList:
    def test_shows_each_script_once_with_who_speaks_it(
        self, seeded: Seeded, log_in: LogIn, django_assert_max_num_queries: object
    ) -> None:
        for language, word in (("zh-hans", "通过"), ("en", "fit")):
            client = log_in("regulator", language)
            with django_assert_max_num_queries(40):  # type: ignore[operator]
                body = client.get(url("scripts")).content.decode()
            assert body.count(f'href="{url("script", script_id=first().pk)}"') == 1
            assert word in body
            assert url("script_new") not in body


class TestAScript:
    def test_says_who_approved_it_who_speaks_it_and_what_the_lint_says(
        self, seeded: Seeded, log_in: LogIn, django_assert_max_num_queries: object
    ) -> None:
        with django_assert_max_num_queries(40):  # type: ignore[operator]
            body = log_in("supervisor").get(url("script", script_id=first().pk)).content.decode()

        assert first().approver.real_name in body
        assert first().text_sha256 in body
        assert seeded.campaigns[0].filing.name in body
        assert "没有发现问题" in body

    def test_shows_what_a_version_says_otherwise(self, seeded: Seeded, log_in: LogIn) -> None:
        old = first()
        steps = list(HONEST_STEPS)
        steps[-1] = type(steps[-1])(steps[-1].step, steps[-1].text + "祝您生活愉快。")
        new = script_approve(
            title=old.title,
            principal=old.principal,  # type: ignore[arg-type]
            purpose=old.purpose,
            steps=steps,
            offers=False,
            author=old.author,
            approver=old.approver,
            now=clock.read(),
        )

        body = log_in("owner").get(url("script", script_id=new.pk)).content.decode()

        assert "<ins>祝您生活愉快。</ins>" in body
        assert [one.how for one in changes(old, new)].count("changed") == 1
        assert (
            "<del>"
            in log_in("owner")
            .get(url("script", script_id=old.pk) + f"?against={new.pk}")
            .content.decode()
        )


class TestANewWording:
    def test_becomes_the_next_version_once_another_person_approves(
        self, seeded: Seeded, supervisor: Client, log_in: LogIn
    ) -> None:
        last = f"text_{len(first().steps) - 1}"
        given = form(first(), **{last: first().steps[-1]["text"] + "再见。"})

        answer = supervisor.post(url("script_new"), given)
        asked = Approval.objects.get(kind="script")
        page = log_in("compliance").get(url("approval", approval_id=asked.pk)).content.decode()
        assert answer["Location"] == url("approval", approval_id=asked.pk)
        assert "再见。" in page
        assert ScriptVersion.objects.filter(title=first().title).count() == 1

        log_in("compliance").post(
            url("approval_decide", approval_id=asked.pk), {"verdict": "approve"}
        )

        newest = ScriptVersion.objects.filter(title=first().title).latest("version")
        assert (newest.version, newest.author.username) == (2, "supervisor")
        assert newest.approver.username == "compliance"
        assert newest.text.endswith("再见。")

    def test_is_not_asked_for_while_the_lint_objects_which_it_says_with_the_provision(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        answer = supervisor.post(url("script_new"), form(first(), text_0="您好，请报一下验证码。"))

        body = answer.content.decode()
        assert answer.status_code == 422
        assert "须修改" in body
        assert 'class="citations"' in body
        assert "<mark>" in body
        assert not Approval.objects.exists()

    def test_is_only_read_when_that_was_asked(self, seeded: Seeded, supervisor: Client) -> None:
        body = supervisor.post(url("script_new"), form(first(), what="check")).content.decode()

        assert "可以送审" in body
        assert not Approval.objects.exists()

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"title": " "}, "请写话术名称"),
            ({"principal": "999999"}, "请选择委托主体"),
            ({"purpose": "P9"}, "请选择外呼目的"),
            ({"step_0": "hello"}, "第一步须名为 opening"),
        ],
    )
    def test_says_by_its_field_what_is_wrong(
        self, seeded: Seeded, supervisor: Client, wrong: dict[str, str], sentence: str
    ) -> None:
        answer = supervisor.post(url("script_new"), form(first(), **wrong))

        assert answer.status_code == 422
        assert sentence in answer.content.decode()

    def test_begins_from_a_version(self, seeded: Seeded, supervisor: Client) -> None:
        body = supervisor.get(url("script_new") + f"?of={first().pk}").content.decode()

        assert first().steps[0]["text"] in body
        principal = first().principal
        assert principal is not None
        assert principal.name in body

    def test_that_waits_is_not_asked_for_twice(self, seeded: Seeded, supervisor: Client) -> None:
        for _ in range(2):
            supervisor.post(url("script_new"), form(first()))

        assert Approval.objects.filter(kind="script").count() == 1
