import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit import checkpoint
from audit.checkpoint import Checkpoint, CheckpointError
from audit.merkle import EMPTY_ROOT, leaf_hash
from audit.note import NoteError, Verifier, note, opened, signature, verifier, verifier_of

# The example of C2SP's signed-note and of Go's sumdb/note.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
NOTE = f"{TEXT}\n{LINE}".encode()
OURS = "yunhu.example/audit"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


class TestVerifier:
    def test_is_read_from_the_vector_and_written_as_it(self) -> None:
        assert verifier(VKEY).vkey == VKEY
        assert verifier(VKEY).name == "PeterNeumann"

    @pytest.mark.parametrize(
        "vkey",
        [
            "",
            "PeterNeumann",
            "PeterNeumann+c74f20a3",
            VKEY.replace("c74f20a3", "c74f20a4"),
            VKEY.replace("PeterNeumann", "PeterNewman"),
            VKEY.replace("+AR", "+BR"),  # type 5
            VKEY[:-4],
            VKEY[:-1] + "!",
            VKEY[:-1] + "=",
            "Peter Neumann" + VKEY[12:],
            VKEY[12:],
        ],
    )
    def test_refuses_what_is_no_key(self, vkey: str) -> None:
        with pytest.raises(NoteError):
            verifier(vkey)

    def test_has_a_name_without_spaces_and_plus_signs(self) -> None:
        for name in ("", "a b", "a+b", "a\u3000b", "a\n"):
            with pytest.raises(NoteError, match="no name"):
                Verifier(name=name, public=bytes(32))


class TestNote:
    def test_opens_the_vector(self) -> None:
        found = opened(NOTE, [verifier(VKEY)])

        assert found.text == TEXT
        assert [one.name for one in found.verified] == ["PeterNeumann"]

    def test_is_signed_as_the_vector_is(self) -> None:
        from base64 import b64decode  # noqa: PLC0415

        key = Ed25519PrivateKey.from_private_bytes(b64decode(SEED)[1:])

        assert note(TEXT, [signature(TEXT, name="PeterNeumann", key=key)]) == NOTE

    def test_passes_over_signatures_of_unknown_keys(self) -> None:
        ours, other = (signature(TEXT, name=OURS, key=key) for key in (KEY, OTHER))
        whose = verifier_of(OURS, KEY.public_key())

        for lines in ([ours, other], [other, ours], [ours, ours]):
            found = opened(note(TEXT, lines), [whose])
            assert found.verified == (whose,)
            assert found.signatures == tuple(lines)

    def test_is_not_opened_without_a_known_signature(self) -> None:
        with pytest.raises(NoteError, match="None of the known keys"):
            opened(NOTE, [verifier_of(OURS, KEY.public_key())])

    def test_is_not_opened_with_a_wrong_signature_of_a_known_key(self) -> None:
        changed = NOTE.replace(b"answer", b"cipher")
        ours = str(signature(changed.decode().partition("\n\n")[0] + "\n", name=OURS, key=KEY))

        with pytest.raises(NoteError, match="PeterNeumann is wrong"):
            opened(changed, [verifier(VKEY)])
        both = [verifier_of(OURS, KEY.public_key()), verifier(VKEY)]
        with pytest.raises(NoteError, match="PeterNeumann is wrong"):
            opened(changed + ours.encode(), both)

    @given(at=st.integers(min_value=0, max_value=len(NOTE) - 1), bit=st.integers(0, 7))
    def test_is_not_opened_with_one_bit_flipped(self, at: int, bit: int) -> None:
        flipped = bytearray(NOTE)
        flipped[at] ^= 1 << bit

        with pytest.raises(NoteError):
            opened(bytes(flipped), [verifier(VKEY)])

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\n",
            b"\n\n",
            b"text\n",
            TEXT.encode(),
            TEXT.encode() + b"\n",
            NOTE[:-1],
            NOTE + b"\n",
            NOTE + b"no signature\n",
            NOTE + "— name\n".encode(),
            NOTE + "— name eDA4\n".encode(),
            NOTE + "— na+me x08go/ZJkuBS9UG\n".encode(),
            b"\x00" + NOTE,
            b"\xff" + NOTE,
            NOTE + LINE.encode() * 100,
        ],
    )
    def test_is_not_opened_without_the_form_of_one(self, content: bytes) -> None:
        with pytest.raises(NoteError):
            opened(content, [verifier(VKEY)])

    @pytest.mark.parametrize("text", ["", "\n", "no newline", "tab\there\n"])
    def test_has_a_text_that_ends_with_a_newline(self, text: str) -> None:
        with pytest.raises(NoteError, match="The text of a note"):
            signature(text, name=OURS, key=KEY)


class TestCheckpoint:
    FOUND = Checkpoint(origin=OURS, size=4607, root=leaf_hash(b""))

    def test_is_three_lines(self) -> None:
        text = f"{OURS}\n4607\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"

        assert self.FOUND.text == text
        assert checkpoint.parsed(text) == self.FOUND

    def test_of_nothing_has_the_root_of_nothing(self) -> None:
        empty = Checkpoint(origin=OURS, size=0, root=EMPTY_ROOT)

        assert checkpoint.parsed(empty.text) == empty
        with pytest.raises(CheckpointError, match="empty tree"):
            checkpoint.parsed(Checkpoint(origin=OURS, size=0, root=leaf_hash(b"")).text)

    @pytest.mark.parametrize(
        ("part", "other"),
        [
            (OURS, ""),
            ("4607", "04607"),
            ("4607", "-1"),
            ("4607", "四"),
            ("4607", "99999999999999999999"),
            ("bjQL", "bjQ"),
            ("oB0=", "oB1="),
            ("=\n", "=\nan extension\n"),
            ("=\n", "="),
        ],
    )
    def test_has_one_spelling(self, part: str, other: str) -> None:
        with pytest.raises(CheckpointError):
            checkpoint.parsed(self.FOUND.text.replace(part, other))
