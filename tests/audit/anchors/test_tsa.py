"""Stamps by a real authority, openssl's, and what must not pass for one."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from audit.anchors.anchored import AnchorError, Published
from audit.anchors.tsa import anchor_tsa, time_stamp, verify_stamp
from tests.audit.anchors.authority import Authority, answering, make_certificates, openssl

NOTE = b"yunhu.test/audit\n3\nPsKaZtjcDEWdRLumpio40k+vG1jeusS25aRvTs68vu4=\n\n\xe2\x80\x94 x y\n"

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"),
    reason="needs the program openssl: its time stamp authority is the peer",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tsa")
    make_certificates(folder)
    return folder


@pytest.fixture
def authority(folder: Path) -> Iterator[Authority]:
    with answering(folder) as authority:
        yield authority


@pytest.fixture(scope="module")
def token(folder: Path) -> bytes:
    with answering(folder) as authority:
        return time_stamp(note=NOTE, url=authority.url, roots=authority.roots).token


class TestTimeStamp:
    def test_is_of_this_note_and_of_now(self, authority: Authority) -> None:
        stamp = time_stamp(note=NOTE, url=authority.url, roots=authority.roots)

        asked_at = (authority.folder / "asked.tsq").stat().st_mtime
        assert abs(stamp.at.timestamp() - asked_at) < 60
        again = verify_stamp(token=stamp.token, note=NOTE, roots=authority.roots)
        assert again == stamp

    def test_is_what_openssl_verifies(self, folder: Path, token: bytes) -> None:
        (folder / "checkpoint").write_bytes(NOTE)
        (folder / "checkpoint.tsr").write_bytes(token)
        files = ["-in", folder / "checkpoint.tsr", "-CAfile", folder / "root.pem"]

        said = openssl("ts", "-verify", "-data", folder / "checkpoint", *files)
        assert b"Verification: OK" in said

        (folder / "checkpoint").write_bytes(NOTE.replace(b"\n3\n", b"\n4\n"))
        with pytest.raises(subprocess.CalledProcessError):
            openssl("ts", "-verify", "-data", folder / "checkpoint", *files)

    def test_becomes_the_token_of_the_anchor(self, authority: Authority) -> None:
        published = Published(origin="yunhu.test/audit", epoch=1, size=3, note=NOTE)

        anchored = anchor_tsa(published, url=authority.url, roots=authority.roots)

        assert anchored.token is not None
        verify_stamp(token=anchored.token, note=NOTE, roots=authority.roots)
        assert authority.url in anchored.reference

    @pytest.mark.parametrize("note", [NOTE + b"\n", NOTE.replace(b"\n3\n", b"\n4\n"), b"x"])
    def test_is_of_no_other_note(self, folder: Path, token: bytes, note: bytes) -> None:
        with pytest.raises(AnchorError, match="does not verify"):
            verify_stamp(token=token, note=note, roots=folder / "root.pem")

    def test_is_not_taken_with_one_bit_changed(self, folder: Path, token: bytes) -> None:
        for place in range(0, len(token), 97):
            mutated = bytearray(token)
            mutated[place] ^= 1
            try:
                stamp = verify_stamp(token=bytes(mutated), note=NOTE, roots=folder / "root.pem")
            except AnchorError:
                continue
            assert stamp.at == verify_stamp(token=token, note=NOTE, roots=folder / "root.pem").at

    def test_is_not_taken_from_a_stranger(self, token: bytes, tmp_path: Path) -> None:
        make_certificates(tmp_path)

        with pytest.raises(AnchorError, match="does not verify"):
            verify_stamp(token=token, note=NOTE, roots=tmp_path / "root.pem")

    def test_is_not_taken_twice(self, folder: Path, token: bytes) -> None:
        with (
            answering(folder, answer=token) as tsa,
            pytest.raises(AnchorError, match="Nonce"),
        ):
            time_stamp(note=NOTE, url=tsa.url, roots=tsa.roots)

    def test_is_not_an_answer_that_refuses(self, folder: Path) -> None:
        sha512 = TimestampRequestBuilder().data(NOTE).hash_algorithm(HashAlgorithm.SHA512).build()
        (folder / "other.tsq").write_bytes(sha512.as_bytes())
        config = ["-config", folder / "tsa.cnf", "-section", "ours"]
        refused = openssl("ts", "-reply", "-queryfile", folder / "other.tsq", *config)

        with answering(folder, answer=refused) as tsa, pytest.raises(AnchorError):
            time_stamp(note=NOTE, url=tsa.url, roots=tsa.roots)

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (b"<html>", "text/html"),
            (b"garbage", "application/timestamp-reply"),
            (b"0" * 100_001, "application/timestamp-reply"),
        ],
    )
    def test_is_not_just_any_answer(self, folder: Path, answer: bytes, kind: str) -> None:
        with answering(folder, answer=answer, kind=kind) as tsa, pytest.raises(AnchorError):
            time_stamp(note=NOTE, url=tsa.url, roots=tsa.roots)

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "", "http://127.0.0.1:9/"])
    def test_needs_an_authority(self, folder: Path, url: str) -> None:
        with pytest.raises(AnchorError):
            time_stamp(note=NOTE, url=url, roots=folder / "root.pem")

    def test_needs_certificates(self, authority: Authority, tmp_path: Path) -> None:
        with pytest.raises(AnchorError, match="unusable"):
            time_stamp(note=NOTE, url=authority.url, roots=tmp_path / "none.pem")
