"""Lists of consents and refusals, through the browser."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from compliance.models import Consent, ListUpload, Refusal
from tests.console.call_centre.conftest import work
from tests.console.conftest import LogIn
from tests.console.seed import Seeded

STRANGER = "13800001234"


def url(name: str, **given: object) -> str:
    return reverse(f"console:{name}", kwargs=given)


def upload(client: Client, what: str, content: str, **fields: object) -> ListUpload:
    file = SimpleUploadedFile("list.csv", content.encode())
    answered = client.post(url("import_upload", what=what), {"file": file, **fields})
    assert answered.status_code == 302, answered.content.decode()[-2000:]
    return ListUpload.objects.latest("pk")


def map_and_read(client: Client, taken: ListUpload) -> None:
    page = url("import_columns", upload_id=taken.pk)
    if taken.mapping is None:
        keys = {f"column-{at}": key for at, key in enumerate(taken.proposed)}
        assert client.post(page, keys).status_code == 302
    work()


class TestAListOfRefusals:
    def test_is_applied_after_its_difference_was_seen(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("compliance")
        before = Refusal.objects.count()
        taken = upload(client, "refusals", f"手机号\n{STRANGER}\n{seeded.numbers[0]}\nnonsense\n")

        map_and_read(client, taken)
        page = url("import", upload_id=taken.pk)
        seen = client.get(page).content.decode()
        assert "应用后的变化" in seen
        assert STRANGER not in seen
        assert Refusal.objects.count() == before

        client.post(url("import_apply", upload_id=taken.pk))
        work()
        assert Refusal.objects.count() == before + 2
        assert "已应用" in client.get(page).content.decode()

    def test_is_no_supervisors(self, seeded: Seeded, log_in: LogIn) -> None:
        assert log_in("supervisor").get(url("imports")).status_code == 403


class TestAListOfConsents:
    def test_adds_to_the_whitelist_of_its_principal(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("compliance")
        filing = seeded.campaigns[0].filing
        before = Consent.objects.filter(whitelist=filing.whitelist).count()
        row = f"{STRANGER},同意,2026-03-10 09:00,勾选文本,网页,{'a' * 64},{filing.purpose},是"
        taken = upload(
            client,
            "consents",
            f"手机号,是否同意,同意时间,告知文本,方式,凭证哈希,目的,AI外呼\n{row}\n",
            principal=filing.principal_id,
            purpose=filing.purpose,
            basis="consent",
        )
        proposed = dict(zip(taken.headings, taken.proposed, strict=True))
        assert proposed["手机号"]

        map_and_read(client, taken)
        taken.refresh_from_db()
        shown = client.get(url("import", upload_id=taken.pk)).content.decode()

        assert STRANGER not in shown
        client.post(url("import_apply", upload_id=taken.pk))
        work()
        assert Consent.objects.filter(whitelist=filing.whitelist).count() == before + 1
