import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from django.core.management import CommandError, call_command
from django.test import override_settings

from audit import keys
from audit.box_keys import OPENERS, box_public, read_box_private
from audit.curve_keys import CURVE_PAIRS, curve_private_key, curve_public_key
from audit.keys import PAIRS, SECRETS, KeyFileError

EVERY = [*SECRETS, *PAIRS, *OPENERS, *CURVE_PAIRS]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    with override_settings(KEYS_DIR=tmp_path / "keys"):
        yield tmp_path / "keys"


def as_a_new_process(directory: Path) -> override_settings:
    """Read the files anew: keys are remembered by the folder as it is written in the settings."""
    return override_settings(KEYS_DIR=str(directory))


def files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


class TestMakeMissing:
    def test_makes_every_key_once(self, directory: Path) -> None:
        assert keys.make_missing() == EVERY
        assert keys.make_missing() == []

    def test_keeps_a_key_that_exists(self, directory: Path) -> None:
        keys.make_missing()
        before = {path.name: path.read_bytes() for path in files(directory)}
        (directory / "number-seal.key").unlink()

        assert keys.make_missing() == ["number-seal"]

        after = {path.name: path.read_bytes() for path in files(directory)}
        assert after.pop("number-seal.key") != before.pop("number-seal.key")
        assert after == before

    def test_leaves_secrets_to_their_owner_alone(self, directory: Path) -> None:
        keys.make_missing()

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files(directory)}
        assert modes == {f"{name}.key": 0o600 for name in EVERY} | {
            f"{name}.pub": 0o644 for name in (*PAIRS, *OPENERS, *CURVE_PAIRS)
        }
        for folder in (directory, directory / "player"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_derives_a_lost_public_key_again(self, directory: Path) -> None:
        keys.make_missing()
        before = (directory / "permit.pub").read_bytes()
        (directory / "permit.pub").unlink()

        assert keys.make_missing() == []
        assert (directory / "permit.pub").read_bytes() == before

    def test_refuses_a_public_key_of_another_pair(self, directory: Path, tmp_path: Path) -> None:
        with override_settings(KEYS_DIR=tmp_path / "other"):
            keys.make_missing()
        directory.mkdir()
        (directory / "permit.pub").write_bytes((tmp_path / "other" / "permit.pub").read_bytes())

        with pytest.raises(KeyFileError, match="do not belong together"):
            keys.make_missing()

    def test_gives_one_set_of_keys_to_many_that_start_at_once(self, directory: Path) -> None:
        together = Barrier(8)

        def start(_: int) -> tuple[list[str], dict[str, bytes]]:
            together.wait()
            made = keys.make_missing()
            return made, {path: (directory / path).read_bytes() for path in expected}

        expected = [f"{name}.key" for name in (*SECRETS, *PAIRS, *CURVE_PAIRS)]
        expected += [f"{folder}/{name}.key" for name, folder in OPENERS.items()]
        expected += [f"{name}.pub" for name in (*PAIRS, *OPENERS, *CURVE_PAIRS)]
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(start, range(8)))

        assert sorted(name for made, _ in results for name in made) == sorted(EVERY)
        assert all(seen == results[0][1] for _, seen in results)
        there = (str(path.relative_to(directory)) for path in files(directory))
        assert sorted(there) == sorted(expected)


class TestSecret:
    def test_is_the_32_bytes_of_the_file(self, directory: Path) -> None:
        keys.make_missing()

        assert keys.secret("audit-mac") == (directory / "audit-mac.key").read_bytes()
        assert len(keys.secret("audit-mac")) == 32
        assert keys.secret("audit-mac") != keys.secret("number-index")

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o601])
    def test_refuses_a_file_that_others_can_open(self, directory: Path, mode: int) -> None:
        keys.make_missing()
        (directory / "permit.key").chmod(mode)
        with as_a_new_process(directory), pytest.raises(KeyFileError) as error:
            keys.private_key("permit")

        assert str(error.value).endswith(f"chmod 600 {directory}/permit.key.")
        assert "\n" not in str(error.value)

    def test_says_what_to_run_when_the_file_is_missing(self, directory: Path) -> None:
        with pytest.raises(KeyFileError, match=r"run manage\.py keys_make"):
            keys.secret("audit-mac")

    def test_refuses_a_file_of_another_length(self, directory: Path) -> None:
        directory.mkdir()
        (directory / "audit-mac.key").touch(mode=0o600)
        (directory / "audit-mac.key").write_bytes(b"x" * 31)

        with pytest.raises(KeyFileError, match="32"):
            keys.secret("audit-mac")


class TestBox:
    def test_keeps_the_half_that_opens_in_a_folder_of_its_own(self, directory: Path) -> None:
        keys.make_missing()
        opener = read_box_private(directory / "player" / "recording.key")

        assert opener.public_key() == box_public("recording")
        assert not (directory / "recording.key").exists()

    def test_is_not_made_again_where_the_half_that_opens_is_elsewhere(
        self, directory: Path
    ) -> None:
        keys.make_missing()
        (directory / "player" / "recording.key").unlink()

        assert keys.make_missing() == []
        assert not (directory / "player" / "recording.key").exists()

    def test_refuses_another_kind_of_key(self, directory: Path) -> None:
        keys.make_missing()
        (directory / "recording.pub").write_bytes((directory / "permit.pub").read_bytes())

        with pytest.raises(KeyFileError, match="X25519"):
            box_public("recording")
        with pytest.raises(KeyFileError, match="X25519"):
            read_box_private(directory / "permit.key")


class TestPair:
    def test_signs_what_its_public_half_accepts(self, directory: Path) -> None:
        keys.make_missing()

        signature = keys.private_key("permit").sign(b"permit")

        keys.public_key("permit").verify(signature, b"permit")
        with pytest.raises(InvalidSignature):
            keys.public_key("permit").verify(signature, b"another")

    def test_needs_no_private_file_to_check(self, directory: Path) -> None:
        keys.make_missing()
        (directory / "permit.key").unlink()

        keys.public_key("permit")

    @pytest.mark.parametrize("content", [b"", b"x" * 32])
    def test_refuses_what_is_not_a_key(self, directory: Path, content: bytes) -> None:
        directory.mkdir()
        for name in ("permit.key", "permit.pub"):
            (directory / name).touch(mode=0o600)
            (directory / name).write_bytes(content)

        with pytest.raises(KeyFileError, match="Ed25519"):
            keys.private_key("permit")
        with pytest.raises(KeyFileError, match="Ed25519"):
            keys.public_key("permit")


class TestPairOnACurve:
    def test_signs_what_its_public_half_accepts(self, directory: Path) -> None:
        keys.make_missing()

        signature = curve_private_key("passport").sign(b"permit", ECDSA(SHA256()))

        curve_public_key("passport").verify(signature, b"permit", ECDSA(SHA256()))
        with pytest.raises(InvalidSignature):
            curve_public_key("passport").verify(signature, b"another", ECDSA(SHA256()))

    def test_is_not_taken_for_the_other_kind(self, directory: Path) -> None:
        keys.make_missing()

        for read in (curve_private_key, curve_public_key):
            with pytest.raises(KeyFileError, match="P-256"):
                read("permit")
        with pytest.raises(KeyFileError, match="Ed25519"):
            keys.public_key("passport")


class TestKeysMake:
    def test_names_the_keys_that_it_made(
        self, directory: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("keys_make")
        call_command("keys_make")

        said = capsys.readouterr().out.splitlines()
        assert said[0].endswith(
            "audit-mac, number-index, number-seal, permit, deployment, audit-log, recording, "
            "passport"
        )
        assert said[1].endswith("无 / none")

    def test_fails_with_the_sentence_of_what_is_wrong(self, directory: Path) -> None:
        call_command("keys_make", verbosity=0)
        (directory / "number-seal.key").write_bytes(b"short")

        with pytest.raises(CommandError, match="32"):
            call_command("keys_make")
