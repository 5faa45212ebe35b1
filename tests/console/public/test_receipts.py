"""A receipt can be checked for years, by its holder alone, and the proof needs nobody of ours."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

import audit.verify
from audit.models import AuditLeaf
from audit.receipts.receipt import Receipt
from audit.receipts.written import receipt_of
from compliance.models import Refusal
from tests.audit.tree import seal_all, store_tiles
from tests.audit.verify.making import LOG
from tests.console.seed import Seeded

CHECK, BUNDLE = "/public/receipt/check/", "/public/receipt/bundle/"
VERIFIER = Path(audit.verify.__file__)


@pytest.fixture
def browser(sockets: None) -> Client:
    cache.clear()
    return Client(headers={"accept-language": "zh-hans"})


@pytest.fixture
def receipt(seeded: Seeded) -> Receipt:
    refusal = Refusal.objects.order_by("pk").first()
    assert refusal is not None
    return receipt_of("refusal.recorded", obj=f"refusal:{refusal.pk}")


class TestReceipt:
    def test_waits_until_its_entry_is_sealed(self, receipt: Receipt, browser: Client) -> None:
        page = browser.post(CHECK, {"receipt": receipt.line()}).content.decode()

        assert "尚未封存" in page
        assert browser.post(BUNDLE, {"receipt": receipt.line()}).status_code == 422

    def test_is_proved_once_it_is(self, receipt: Receipt, browser: Client) -> None:
        seal_all()

        page = browser.post(CHECK, {"receipt": receipt.line()}).content.decode()

        assert "未被改动" in page
        assert receipt.leaf.hex() in page

    @pytest.mark.parametrize("changed", ["eid", "ts", "leaf"])
    def test_tells_nothing_to_who_does_not_hold_all_of_it(
        self, receipt: Receipt, browser: Client, changed: str
    ) -> None:
        seal_all()
        words = receipt.line().split()
        place = {"eid": 1, "ts": 2, "leaf": 3}[changed]
        last = words[place][-2]
        other = "1" if last != "1" else "2"
        words[place] = words[place][:-2] + other + words[place][-1]

        page = browser.post(CHECK, {"receipt": " ".join(words)}).content.decode()

        assert "查无此项" in page
        assert "证明" not in page.split("</form>")[-1]

    def test_does_not_hold_against_another_tree(self, receipt: Receipt, browser: Client) -> None:
        seal_all()
        index = AuditLeaf.objects.get(leaf_hash=receipt.leaf).leaf_index
        leaves = list(AuditLeaf.objects.order_by("pk").values_list("leaf_hash", flat=True))
        forged = [bytes(leaf) for leaf in leaves]
        forged[index] = bytes(32)
        store_tiles(forged)

        page = browser.post(CHECK, {"receipt": receipt.line()}).content.decode()

        assert "封存的内容与回执不同" in page

    def test_can_be_taken_home_and_checked_without_us(
        self, receipt: Receipt, browser: Client, tmp_path: Path
    ) -> None:
        seal_all()

        packed = browser.post(BUNDLE, {"receipt": receipt.line()})

        folder = tmp_path / "bundle"
        zipfile.ZipFile(io.BytesIO(packed.content)).extractall(folder)
        verifier = tmp_path / "verify.py"
        verifier.write_bytes(browser.get("/public/verifying/verify.py").content)
        code, told = verify(verifier, folder)
        assert code == 0, told
        assert "Each of the 1 entries" in told
        entries = folder / "entries.jsonl"
        entries.write_bytes(entries.read_bytes().replace(b'"p":["', b'"p":["00', 1))
        assert verify(verifier, folder)[0] != 0

    @pytest.mark.parametrize("given", ["", "yunhu-receipt/1 x", "1" * 5000])
    def test_has_to_be_one(self, receipt: Receipt, browser: Client, given: str) -> None:
        response = browser.post(CHECK, {"receipt": given})

        assert response.status_code == 422
        assert 'aria-invalid="true"' in response.content.decode()

    def test_can_be_asked_about_thirty_times_a_minute(
        self, receipt: Receipt, browser: Client
    ) -> None:
        answers = [browser.post(CHECK, {"receipt": receipt.line()}).status_code for _ in range(31)]

        assert answers == [200] * 30 + [429]


class TestDoor:
    def test_gives_the_verifier_as_it_is(self, db: None, browser: Client) -> None:
        response = browser.get("/public/verifying/verify.py")

        assert response.content == VERIFIER.read_bytes()
        assert "attachment" in response["Content-Disposition"]

    def test_gives_the_newest_checkpoint_and_no_key(self, seeded: Seeded, browser: Client) -> None:
        assert browser.get("/public/verifying/checkpoint").status_code == 404
        note = seal_all()

        assert browser.get("/public/verifying/checkpoint").content == note
        page = browser.get("/public/verifying/").content.decode()
        assert LOG.vkey not in page  # whoever could alter the page could alter it


def verify(verifier: Path, folder: Path) -> tuple[int, str]:
    """Run the verifier as an outsider would."""
    done = subprocess.run(
        [sys.executable, "-I", str(verifier), str(folder), "--vkey", LOG.vkey, "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
