from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit.checkpoint import Checkpoint
from audit.cosignature import Witness, cosign, cosigned_at, cosigned_text, witness
from audit.note import NoteError, note, opened, signature, verifier_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
NAME = "officer.example.cn/w1"
WITNESS = Witness(NAME, PUBLIC)
AT = datetime(2026, 11, 22, 16, 0, 5, tzinfo=UTC)
TEXT = Checkpoint(origin="yunhu.test/audit", size=7, root=bytes(32)).text
LOG = signature(TEXT, name="yunhu.test/audit", key=LOG_KEY)
COSIGNED = note(TEXT, [LOG, cosign(TEXT, name=NAME, key=KEY, at=AT)])


class TestCosignature:
    def test_covers_the_time_and_the_checkpoint(self) -> None:
        assert cosigned_text(TEXT, seconds=1679315147) == (
            b"cosignature/v1\ntime 1679315147\nyunhu.test/audit\n7\n"
            b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        )

    def test_says_when_the_witness_saw_the_note(self) -> None:
        assert cosigned_at(COSIGNED, WITNESS) == AT

    def test_stands_beside_the_signature_of_the_log(self) -> None:
        log = verifier_of("yunhu.test/audit", LOG_KEY.public_key())

        assert opened(COSIGNED, [log]).verified == (log,)

    def test_is_not_there(self) -> None:
        with pytest.raises(NoteError, match="has not cosigned"):
            cosigned_at(note(TEXT, [LOG]), WITNESS)

    @pytest.mark.parametrize("place", [4, 11, 12, 75])
    def test_is_wrong_with_one_bit_changed(self, place: int) -> None:
        line = cosign(TEXT, name=NAME, key=KEY, at=AT)
        changed = bytearray(line.key_hash + line.signature)
        changed[place] ^= 1
        bad = type(line)(NAME, bytes(changed[:4]), bytes(changed[4:]))

        with pytest.raises(NoteError):
            cosigned_at(note(TEXT, [LOG, bad]), WITNESS)

    def test_is_of_no_other_checkpoint(self) -> None:
        other = TEXT.replace("\n7\n", "\n8\n")

        with pytest.raises(NoteError, match="is wrong"):
            cosigned_at(note(other, [cosign(TEXT, name=NAME, key=KEY, at=AT)]), WITNESS)

    def test_is_not_an_ordinary_signature_of_the_same_key(self) -> None:
        with pytest.raises(NoteError, match="has not cosigned"):
            cosigned_at(note(TEXT, [signature(TEXT, name=NAME, key=KEY)]), WITNESS)


class TestWitness:
    def test_is_read_again_from_its_key(self) -> None:
        assert witness(WITNESS.vkey) == WITNESS
        assert witness(f"{WITNESS.vkey}\n") == WITNESS

    @pytest.mark.parametrize(
        "vkey",
        [
            "",
            "name",
            WITNESS.vkey[:-4],
            WITNESS.vkey.replace("officer", "office"),
            verifier_of(NAME, KEY.public_key()).vkey,  # the log's kind of key
        ],
    )
    def test_is_no_other_text(self, vkey: str) -> None:
        with pytest.raises(NoteError):
            witness(vkey)
