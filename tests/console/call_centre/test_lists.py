"""Lists: uploaded, mapped, read in the background, applied, and their rejects corrected."""

import re

import pytest
from django.test import Client

from audit.models import AuditEntry
from compliance.models import ContactList, ListUpload
from console.models import Job
from dialer.models import Lead
from tests.console.call_centre.conftest import csv_file, work
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

SCATTERED = sorted(
    (n * n * 7919 + n * 104729) % 10**7 for n in range(1, 61)
)  # as people have them
GOOD = [f"客户{at},1381{number:07d}," for at, number in enumerate(SCATTERED)]
BAD = ["错号,1381,写错了", f"重复,1381{SCATTERED[0]:07d},第二次"]
NUMBER = re.compile(r"(?<![0-9a-f])1[3-9][0-9]{9}(?![0-9a-f])")


def terms(seeded: Seeded, **more: object) -> dict[str, object]:
    campaign = seeded.campaigns[0]
    return {
        "campaign": str(campaign.pk),
        "name": "三月登记",
        "source": "own_form",
        "collected_by": campaign.filing.principal.name,
        "notice": "我们会就您登记的事项致电。",
        **more,
    }


def upload(client: Client, seeded: Seeded, *rows: str, **more: object) -> ListUpload:
    answer = client.post("/lists/upload/", terms(seeded, file=csv_file(*rows), **more))
    assert answer.status_code == 302, answer.content.decode()
    return ListUpload.objects.latest("pk")


def mapped(client: Client, row: ListUpload) -> None:
    keys = {"column-0": "name", "column-1": "number", "column-2": ""}
    assert client.post(f"/lists/uploads/{row.pk}/columns/", keys).status_code == 302


class TestLists:
    def test_tell_where_they_come_from_and_how_old_they_are(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        body = supervisor.get("/lists/").content.decode()

        for one in ContactList.objects.all():
            assert one.name in body
            assert f'href="/lists/{one.pk}/"' in body
        assert "/ 180 天" in body

    def test_are_held_by_one_person_for_a_reason(self, seeded: Seeded, supervisor: Client) -> None:
        one = ContactList.objects.earliest("pk")

        refused = supervisor.post(f"/lists/{one.pk}/hold/", {"reason": ""})
        assert 'class="field is-wrong"' in refused.content.decode()
        supervisor.post(f"/lists/{one.pk}/hold/", {"reason": "来源存疑"})

        one.refresh_from_db()
        assert one.state == ContactList.State.HELD
        assert "暂停待查" in supervisor.get(f"/lists/{one.pk}/").content.decode()


class TestAnUpload:
    def test_goes_from_file_to_leads(self, seeded: Seeded, supervisor: Client) -> None:
        before = Lead.objects.count()
        row = upload(supervisor, seeded, *GOOD, *BAD)
        page = supervisor.get(f"/lists/uploads/{row.pk}/columns/").content.decode()
        assert '<option value="number" selected>' in page
        assert f"138****{SCATTERED[0] % 10**4:04d}" in page

        mapped(supervisor, row)
        state = supervisor.get(f"/lists/uploads/{row.pk}/").content.decode()
        assert "hx-get" in state
        (job,) = work()
        assert (job.state, job.result) == (Job.State.DONE, f"/lists/uploads/{row.pk}/"), (
            job.words_zh
        )
        planned = supervisor.get(f"/lists/uploads/{row.pk}/").content.decode()
        assert f"<b>{len(GOOD)}</b>" in planned
        assert "<b>2</b>" in planned
        assert "重复" in planned
        assert Lead.objects.count() == before

        supervisor.post(f"/lists/uploads/{row.pk}/apply/")
        assert [one.state for one in work()] == [Job.State.DONE]
        assert Lead.objects.count() == before + len(GOOD)
        assert "已应用" in supervisor.get(f"/lists/uploads/{row.pk}/").content.decode()

    def test_shows_no_full_number_on_any_page(self, seeded: Seeded, supervisor: Client) -> None:
        row = upload(supervisor, seeded, *GOOD, *BAD)
        pages = [supervisor.get(f"/lists/uploads/{row.pk}/columns/").content.decode()]
        mapped(supervisor, row)
        work()
        pages += [
            supervisor.get(path).content.decode()
            for path in ("/lists/", f"/lists/uploads/{row.pk}/")
        ]

        for page in pages:
            assert not NUMBER.search(page)

    def test_gives_rejects_back_for_a_reason_and_takes_them_corrected(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        row = upload(supervisor, seeded, *GOOD, *BAD)
        mapped(supervisor, row)
        work()

        none = supervisor.post(f"/lists/uploads/{row.pk}/rejects/", {"reason": " "})
        assert none.status_code == 302
        assert not AuditEntry.objects.of("list.rejects_read").exists()
        given = supervisor.post(f"/lists/uploads/{row.pk}/rejects/", {"reason": "请业务更正"})
        assert given["Content-Disposition"].startswith("attachment")
        assert AuditEntry.objects.of("list.rejects_read").count() == 1
        supervisor.post(f"/lists/uploads/{row.pk}/apply/")
        work()

        text = given.content.decode("utf-8-sig").replace(",1381,", ",13810009999,")
        headings, *rows = text.splitlines()
        answer = supervisor.post(
            f"/lists/upload/?corrects={row.pk}",
            {"file": csv_file(*rows, headings=headings, name="更正.csv")},
        )
        corrected = ListUpload.objects.latest("pk")
        assert answer["Location"] == f"/lists/uploads/{corrected.pk}/columns/"
        assert corrected.proposed[:2] == ["name", "number"]
        keys = {f"column-{at}": key for at, key in enumerate(corrected.proposed)}
        supervisor.post(f"/lists/uploads/{corrected.pk}/columns/", keys)
        work()
        supervisor.post(f"/lists/uploads/{corrected.pk}/apply/")
        work()

        corrected.refresh_from_db()
        assert corrected.row is not None
        assert corrected.row.diff == {"added": 1, "known": 1}
        assert corrected.row.target == ListUpload.objects.get(pk=row.pk).row.target  # type: ignore[union-attr]

    def test_says_beside_the_field_what_is_missing(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        body = supervisor.post(
            "/lists/upload/", terms(seeded, name="", notice="", file=csv_file(*GOOD))
        ).content.decode()

        assert body.count('class="field is-wrong"') == 2
        assert "新名单必须填写" in body
        assert not ListUpload.objects.exists()

    def test_is_refused_at_once_where_the_law_wants_more(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        body = supervisor.post(
            "/lists/upload/", terms(seeded, collected_by="某数据公司", file=csv_file(*GOOD))
        ).content.decode()

        assert "个人信息保护法第二十三条" in body
        assert not ListUpload.objects.exists()

    def test_asks_again_for_columns_that_cannot_be(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        row = upload(supervisor, seeded, *GOOD)

        answer = supervisor.post(f"/lists/uploads/{row.pk}/columns/", {"column-0": "name"})

        assert answer.status_code == 422
        assert "手机号" in answer.content.decode()
        assert not Job.objects.exists()

    def test_tells_why_the_list_as_a_whole_was_not_taken(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        row = upload(supervisor, seeded, *(f"甲,1381234{n:04d}," for n in range(300)))
        mapped(supervisor, row)

        (job,) = work()

        row.refresh_from_db()
        assert job.state == Job.State.FAILED
        body = supervisor.get(f"/lists/uploads/{row.pk}/").content.decode()
        assert job.words_zh in body

    def test_is_not_for_who_may_only_look(
        self, seeded: Seeded, supervisor: Client, officer: Client, log_in: LogIn
    ) -> None:
        row = upload(supervisor, seeded, *GOOD)

        assert officer.get(f"/lists/uploads/{row.pk}/").status_code == 200
        assert (
            officer.post(f"/lists/uploads/{row.pk}/rejects/", {"reason": "x"}).status_code == 403
        )
        assert officer.post(f"/lists/uploads/{row.pk}/apply/").status_code == 403
        assert log_in("regulator").get(f"/lists/uploads/{row.pk}/").status_code == 403

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_speaks_the_readers_language(
        self, seeded: Seeded, log_in: LogIn, language: str
    ) -> None:
        client = log_in("supervisor", language)
        row = upload(client, seeded, *GOOD, *BAD)
        mapped(client, row)
        work()

        body = client.get(f"/lists/uploads/{row.pk}/").content.decode()

        assert ("退回的行" in body) == (language == "zh-hans")
        assert ("Rejected rows" in body) == (language == "en")
