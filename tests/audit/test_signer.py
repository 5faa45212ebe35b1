import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint, parsed
from audit.merkle import consistency_path, leaf_hash, root
from audit.note import opened, verifier_of
from audit.sealing.signer import RefusedError, Signed, Signer
from tests.audit.sealing import stopping_at

ORIGIN = "yunhu.example/audit"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NEXT = Ed25519PrivateKey.from_private_bytes(bytes(32))
LEAVES = [leaf_hash(b"%d" % n) for n in range(40)]
FORKED = [*LEAVES[:9], leaf_hash(b"another"), *LEAVES[10:]]


def at(size: int, leaves: Sequence[bytes] = LEAVES, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin=origin, size=size, root=root(leaves[:size]))


def proofs(leaves: Sequence[bytes] = LEAVES) -> Callable[[int, int], list[bytes]]:
    def prove(old: int, new: int) -> list[bytes]:
        if new > len(leaves):
            raise LookupError("no such leaf")
        return consistency_path(
            old, new, lambda level, index: root(leaves[index << level : (index + 1) << level])
        )

    return prove


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(folder=tmp_path / "signer", keys=lambda: [KEY])


def sign(signer: Signer, size: int, leaves: Sequence[bytes] = LEAVES) -> Signed:
    return signer.sign(at(size, leaves), prove=proofs(leaves), first=True)


class TestSigner:
    def test_signs_a_log_from_its_first_tree_on(self, signer: Signer) -> None:
        for size in (1, 2, 7, 8, 40):
            signed = sign(signer, size)

            note = opened(signed.note, [verifier_of(ORIGIN, KEY.public_key())])
            assert parsed(note.text) == signed.checkpoint == at(size)
            assert signer.held() == signed

    def test_says_the_same_again_about_the_same_tree(self, signer: Signer) -> None:
        assert sign(signer, 7) == sign(signer, 7)

    @given(held=st.integers(1, 40), wanted=st.integers(1, 40))
    def test_never_goes_back_and_takes_the_older_for_no_fork(self, held: int, wanted: int) -> None:
        import tempfile  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as folder:
            signer = Signer(folder=Path(folder), keys=lambda: [KEY])
            sign(signer, held)

            signed = sign(signer, wanted)

            assert signed.checkpoint == at(max(held, wanted))
            assert signer.held() == signed

    @pytest.mark.parametrize("size", [10, 11, 16, 20, 30, 40])
    def test_refuses_a_fork_whether_longer_shorter_or_as_long(
        self, signer: Signer, size: int
    ) -> None:
        held = sign(signer, 20)

        with pytest.raises(RefusedError):
            sign(signer, size, FORKED)
        assert signer.held() == held

    def test_takes_a_shorter_tree_of_both_for_the_older_one(self, signer: Signer) -> None:
        held = sign(signer, 20)

        # Both trees begin with these nine: that is what was signed, and merely older.
        assert signer.sign(at(9, FORKED), prove=proofs()) == held

    def test_refuses_a_tree_that_was_cut_short(self, signer: Signer) -> None:
        sign(signer, 20)

        with pytest.raises(RefusedError, match="Nothing proves"):
            sign(signer, 15, LEAVES[:15])

    def test_refuses_a_proof_that_proves_nothing(self, signer: Signer) -> None:
        sign(signer, 20)

        with pytest.raises(RefusedError):
            signer.sign(at(30), prove=lambda _old, _new: [])
        with pytest.raises(RefusedError):
            signer.sign(at(30), prove=lambda _old, _new: [leaf_hash(b"")] * 5)

    def test_refuses_another_log(self, signer: Signer) -> None:
        sign(signer, 20)

        with pytest.raises(RefusedError, match="another log"):
            signer.sign(at(30, origin=f"{ORIGIN}/2"), prove=proofs())

    def test_refuses_to_go_on_with_a_log_that_it_has_forgotten(self, signer: Signer) -> None:
        with pytest.raises(RefusedError, match="no account"):
            signer.sign(at(20), prove=proofs(), first=False)

    @pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"origin": 1}', '{"size": "x"}'])
    def test_refuses_with_an_account_that_is_spoilt(self, signer: Signer, text: str) -> None:
        sign(signer, 20)
        state = next(iter(Path(str(signer._folder)).glob("signer.json")))
        state.write_text(text)

        with pytest.raises(RefusedError, match="account"):
            sign(signer, 30)

    def test_begins_another_log_when_it_is_told_so_and_keeps_the_account(
        self, signer: Signer
    ) -> None:
        sign(signer, 20)
        second = at(12, FORKED, origin=f"{ORIGIN}/2")

        signer.begin(f"{ORIGIN}/2")
        signer.begin(f"{ORIGIN}/2")

        with pytest.raises(RefusedError, match="another log"):
            sign(signer, 30)
        assert signer.sign(second, prove=proofs(FORKED)).checkpoint == second
        former = json.loads((signer._folder / "former-1.json").read_text())
        assert former["size"] == 20
        assert not (signer._folder / "former-2.json").exists()

    def test_keeps_what_it_refused(self, signer: Signer) -> None:
        signer.refused(at(20, FORKED), "why")
        signer.refused(at(20, FORKED), "why")

        (kept,) = signer._folder.glob("refused-*.json")
        assert json.loads(kept.read_text())["wanted"]["root"] == root(FORKED[:20]).hex()

    def test_signs_with_every_key_while_one_takes_over(self, tmp_path: Path) -> None:
        signer = Signer(folder=tmp_path, keys=lambda: [KEY, NEXT])
        whose = [verifier_of(ORIGIN, key.public_key()) for key in (KEY, NEXT)]

        note = sign(signer, 3).note

        assert opened(note, whose).verified == tuple(whose)
        for one in whose:
            assert opened(note, [one]).verified == (one,)

    @pytest.mark.parametrize("step", ["checkpoint proved", "checkpoint signed", "signature kept"])
    def test_has_signed_or_not_when_it_dies(self, tmp_path: Path, step: str) -> None:
        sign(Signer(folder=tmp_path, keys=lambda: [KEY]), 5)
        with stopping_at(step) as reached:
            sign(Signer(folder=tmp_path, keys=lambda: [KEY], reached=reached), 9)

        signer = Signer(folder=tmp_path, keys=lambda: [KEY])
        held = signer.held()
        assert held is not None
        assert held.checkpoint.size == (9 if step == "signature kept" else 5)
        assert sign(signer, 12).checkpoint == at(12)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["signer.json", "signer.lock"]

    def test_keeps_its_account_to_itself(self, signer: Signer) -> None:
        sign(signer, 5)

        assert (signer._folder / "signer.json").stat().st_mode & 0o777 == 0o600
        assert signer._folder.stat().st_mode & 0o777 == 0o700

    def test_is_alone_while_it_signs(self, tmp_path: Path) -> None:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        def one(size: int) -> int:
            return sign(Signer(folder=tmp_path, keys=lambda: [KEY]), size).checkpoint.size

        with ThreadPoolExecutor(8) as pool:
            signed = list(pool.map(one, range(1, 41)))

        assert all(got >= wanted for got, wanted in zip(signed, range(1, 41), strict=True))
        held = Signer(folder=tmp_path, keys=lambda: [KEY]).held()
        assert held is not None
        assert held.checkpoint == at(40)
