"""Signed notes as C2SP defines them: a text, and below it a line for each Ed25519 signature."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"  # the type of a signature, https://c2sp.org/signed-note
MOST_SIGNATURES = 100
_MARK = "— "  # a signature line begins with an em dash
_KEY_HASH_BYTES = 4


class NoteError(ValueError):
    """The note, or a key for notes, is not what it should be."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """The name and the public key of somebody who signs notes."""

    name: str
    public: bytes  # 32 bytes, RFC 8032

    def __post_init__(self) -> None:
        _check_name(self.name)

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which a signature says whose it is."""
        said = self.name.encode() + b"\n" + ED25519 + self.public
        return sha256(said).digest()[:_KEY_HASH_BYTES]

    @property
    def vkey(self) -> str:
        """The text that is handed over, and from which `verifier` makes this again."""
        return f"{self.name}+{self.key_hash.hex()}+{b64encode(ED25519 + self.public).decode()}"

    def accepts(self, text: str, signature: bytes) -> bool:
        """Return whether it is this key's signature of the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


def verifier(vkey: str) -> Verifier:
    """Return what a verifier key `name+hash+base64` holds.

    :raises NoteError: if it is none, or of another kind than Ed25519
    """
    name, hashed, key = [*vkey.split("+", 2), "", ""][:3]
    content = _unbase64(key)
    if content[:1] != ED25519 or len(content) != 1 + 32:
        raise NoteError("The verifier key is not one for Ed25519.")
    found = Verifier(name=name, public=content[1:])
    if found.key_hash.hex() != hashed:
        raise NoteError("The verifier key does not match its own short hash.")
    return found


def verifier_of(name: str, key: Ed25519PublicKey) -> Verifier:
    """Return the verifier of a key pair's public half."""
    return Verifier(name=name, public=key.public_bytes(Encoding.Raw, PublicFormat.Raw))


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note."""

    name: str
    key_hash: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {b64encode(self.key_hash + self.signature).decode()}\n"


def signature(text: str, *, name: str, key: Ed25519PrivateKey) -> Signature:
    """Sign the text of a note as `name`.

    :raises NoteError: if it is no text or no name that a note can have
    """
    _check_text(text)
    whose = verifier_of(name, key.public_key())
    return Signature(name=name, key_hash=whose.key_hash, signature=key.sign(text.encode()))


def note(text: str, signatures: Iterable[Signature]) -> bytes:
    """Return the text with its signatures, as it is stored and handed on."""
    return f"{text}\n{''.join(map(str, signatures))}".encode()


@dataclass(frozen=True, slots=True)
class Note:
    """A note whose signatures have been looked at."""

    text: str
    signatures: tuple[Signature, ...]  # all of them
    verified: tuple[Verifier, ...]  # those whose signature is right


def parsed(content: bytes) -> tuple[str, tuple[Signature, ...]]:
    """Return the text and the signatures of a note, none of them checked.

    :raises NoteError: if it has not the form of a note
    """
    try:
        said = content.decode()
    except UnicodeDecodeError as error:
        raise NoteError("The note is not UTF-8.") from error
    text, blank, lines = said.rpartition("\n\n")
    _check_text(text + "\n")
    if not blank or not lines.endswith("\n"):
        raise NoteError("The note has no signatures below a blank line.")
    found = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(found) > MOST_SIGNATURES:
        raise NoteError(f"The note has more than {MOST_SIGNATURES} signatures.")
    return text + "\n", found


def opened(content: bytes, verifiers: Sequence[Verifier]) -> Note:
    """Return the note if a known key has signed it; signatures of unknown keys are passed over.

    :raises NoteError: if it is no note, none of the keys has signed it, or the signature of one
        is wrong
    """
    text, signatures = parsed(content)
    known = {(one.name, one.key_hash): one for one in verifiers}
    verified: dict[Verifier, None] = {}
    for line in signatures:
        whose = known.get((line.name, line.key_hash))
        if whose is None or whose in verified:
            continue
        if not whose.accepts(text, line.signature):
            raise NoteError(f"The signature of {line.name} is wrong.")
        verified[whose] = None
    if not verified:
        raise NoteError("None of the known keys has signed the note.")
    return Note(text=text, signatures=signatures, verified=tuple(verified))


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    content = _unbase64(encoded)
    if not line.startswith(_MARK) or len(content) <= _KEY_HASH_BYTES:
        raise NoteError("Below the note stands what is no signature.")
    _check_name(name)
    return Signature(name, content[:_KEY_HASH_BYTES], content[_KEY_HASH_BYTES:])


def _unbase64(encoded: str) -> bytes:
    try:
        found = b64decode(encoded, validate=True)
    except (Base64Error, ValueError) as error:
        raise NoteError("What should be base64 is not.") from error
    if b64encode(found).decode() != encoded:  # stray bits would give one key two spellings
        raise NoteError("What should be base64 is not.")
    return found


def _check_name(name: str) -> None:
    if not name or "+" in name or name.split() != [name]:
        raise NoteError(f"{name!r} is no name for a key: it must have no space and no plus sign.")


def _check_text(text: str) -> None:
    if not text.strip("\n") or not text.endswith("\n"):
        raise NoteError("The text of a note ends with a newline and is not empty.")
    if any(character < " " and character != "\n" for character in text):
        raise NoteError("The text of a note holds a control character.")
