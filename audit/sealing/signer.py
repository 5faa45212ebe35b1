"""Sign what extends the tree that was signed before, and nothing else.

The signer keeps its own account of what it signed, in a file that the database's administrators
cannot write. Whatever the database says, it signs no two trees of which neither begins the other.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.checkpoint import Checkpoint
from audit.merkle import ProofError, consistency_roots
from audit.note import note, signature
from audit.sealing.files import write_whole
from audit.sealing.reached import Reached, pass_by

Prove = Callable[[int, int], Sequence[bytes]]  # a consistency path between two sizes

STATE = "signer.json"


class RefusedError(Exception):
    """The signer will not sign; what it held stays signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A checkpoint and its signed note."""

    checkpoint: Checkpoint
    note: bytes


class Signer:
    """Whoever holds the log key. One state for all processes that share the folder."""

    def __init__(
        self,
        *,
        folder: Path,
        keys: Callable[[], Sequence[Ed25519PrivateKey]],
        reached: Reached = pass_by,
    ) -> None:
        self._folder = folder
        self._keys = keys
        self._reached = reached

    def held(self) -> Signed | None:
        """Return what was signed last, or None if nothing ever was.

        :raises RefusedError: if the account cannot be read
        """
        try:
            text = (self._folder / STATE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise RefusedError(f"The signer's account cannot be read: {error}") from error
        try:
            said = json.loads(text)
            root = bytes.fromhex(said["root"])
            checkpoint = Checkpoint(origin=said["origin"], size=int(said["size"]), root=root)
            return Signed(checkpoint=checkpoint, note=said["note"].encode())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RefusedError("The signer's account is not what the signer wrote.") from error

    def sign(self, wanted: Checkpoint, *, prove: Prove, first: bool = False) -> Signed:
        """Return the signed note for `wanted`, or for the newer tree that extends it.

        `first` says that the log has no checkpoint yet, so that there need not be an account.

        :raises RefusedError: if `wanted` and what was signed last are not one log
        """
        with self._alone():
            held = self.held()
            if held is None and not first:
                raise RefusedError(
                    "The log has checkpoints, and the signer has no account of them."
                )
            if held is not None and held.checkpoint.size:
                _check_one_log(held.checkpoint, wanted, prove)
                if held.checkpoint.size >= wanted.size:
                    return held
            elif held is not None and held.checkpoint.origin != wanted.origin:
                raise RefusedError("It is another log than the one that was begun.")
            self._reached("checkpoint proved")
            return self._sign(wanted)

    def begin(self, origin: str) -> None:
        """Let the next signature be the first one of the log `origin`; keep the former account."""
        with self._alone():
            with suppress(RefusedError):
                held = self.held()
                if held is not None and held.checkpoint == _nothing(origin):
                    return
            self._keep_evidence("former")
            self._write(Signed(checkpoint=_nothing(origin), note=b""))

    def refused(self, wanted: Checkpoint, reason: str) -> None:
        """Keep what was refused beside what was held, once."""
        with self._alone():
            said = {"origin": wanted.origin, "size": wanted.size, "root": wanted.root.hex()}
            content = json.dumps({"reason": reason, "wanted": said}, sort_keys=True).encode()
            name = f"refused-{wanted.size}-{wanted.root.hex()[:16]}.json"
            if not (self._folder / name).exists():
                write_whole(self._folder / name, content, mode=0o600)

    def _sign(self, wanted: Checkpoint) -> Signed:
        text = wanted.text
        signatures = [signature(text, name=wanted.origin, key=key) for key in self._keys()]
        signed = Signed(checkpoint=wanted, note=note(text, signatures))
        self._reached("checkpoint signed")
        self._write(signed)  # before anybody sees it: what was seen is never forgotten
        self._reached("signature kept")
        return signed

    def _write(self, signed: Signed) -> None:
        said = {
            "origin": signed.checkpoint.origin,
            "size": signed.checkpoint.size,
            "root": signed.checkpoint.root.hex(),
            "note": signed.note.decode(),
        }
        content = json.dumps(said, ensure_ascii=False).encode()
        write_whole(self._folder / STATE, content, mode=0o600)

    def _keep_evidence(self, name: str) -> None:
        path = self._folder / STATE
        if path.exists():
            taken = len(list(self._folder.glob(f"{name}-*.json")))
            path.rename(self._folder / f"{name}-{taken + 1}.json")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / "signer.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _check_one_log(held: Checkpoint, wanted: Checkpoint, prove: Prove) -> None:
    """Tell a tree that extends the other, or is merely older, from a fork.

    :raises RefusedError: if neither begins the other
    """
    if held.origin != wanted.origin:
        raise RefusedError("It is another log than the one that was signed.")
    older, newer = sorted((held, wanted), key=lambda one: one.size)
    try:
        path = prove(older.size, newer.size)
        found = consistency_roots(older.size, newer.size, older.root, path)
    except (ProofError, LookupError) as error:
        raise RefusedError(f"Nothing proves that it extends what was signed: {error}") from error
    if found != newer.root:
        raise RefusedError("It does not extend what was signed.")


def _nothing(origin: str) -> Checkpoint:
    return Checkpoint(origin=origin, size=0, root=b"")
