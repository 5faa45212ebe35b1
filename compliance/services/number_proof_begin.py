"""Send a one-time code to a number that somebody says is theirs, whether we know it or not."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from audit import record as audit
from audit.keys import secret
from compliance.code_senders.base import CodeSender, NotSentError
from compliance.locks import lock_proofs
from compliance.models import NumberProof
from compliance.numbers import Number
from compliance.vault import number_index, seal

ACTOR = "public:web"
GOOD_FOR = timedelta(minutes=5)
DIGITS = 6
BETWEEN = timedelta(seconds=60)  # two codes to one number
MOST_A_DAY = 5  # codes to one number
MOST_AN_HOUR = 20  # codes asked for from one address
KEPT = timedelta(days=2)


class TooManyCodesError(Exception):
    """The number, or the address, has asked for too many codes."""


def number_proof_begin(
    *, number: Number, address: str, sender: CodeSender, now: datetime
) -> NumberProof:
    """Send a code and return what the page needs to ask for it; the code itself stays nowhere.

    :param address: the asker's network address, of which a keyed digest is kept to count by
    :raises TooManyCodesError: if the number or the address has had its share
    :raises NotSentError: if no sender took the code
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    proof = _open(number, address, code, now)
    if proof is None:
        raise TooManyCodesError("The number or the address has had its share of codes.")
    try:
        minutes = GOOD_FOR // timedelta(minutes=1)
        sender.send(number=number.e164, code=code, minutes=minutes)
    except NotSentError as error:
        _not_sent(proof, error, address, now)
        raise
    _sent(proof, address, now)
    return proof


def code_digest(*, proof: NumberProof, code: str) -> str:
    """Return what is kept of a code: keyed, and worth nothing for any other row."""
    return _keyed(f"number-proof:{proof.pk}:{code}")


def _keyed(text: str) -> str:
    return hmac.digest(secret("number-index"), text.encode(), hashlib.sha256).hex()


@transaction.atomic(durable=True)
def _open(number: Number, address: str, code: str, now: datetime) -> NumberProof | None:
    index = number_index(number.e164)
    lock_proofs(index)
    _forget(now)
    asker = _keyed(f"address:{address}")
    if _is_too_many(index, asker, now):
        _denied(index, asker, address, now)
        return None
    proof = NumberProof(
        number_index=index,
        number_sealed=seal(number.e164, bound_to=index),
        address_digest=asker,
        asked_at=now,
        expires_at=now + GOOD_FOR,
    )
    proof.code_digest = code_digest(proof=proof, code=code)
    proof.save(force_insert=True)
    return proof


def _forget(now: datetime) -> None:
    NumberProof.objects.filter(expires_at__lte=now).exclude(number_sealed=b"").update(
        number_sealed=b""
    )
    NumberProof.objects.filter(asked_at__lte=now - KEPT).delete()


def _is_too_many(index: bytes, asker: str, now: datetime) -> bool:
    to_number = NumberProof.objects.filter(number_index=index)
    from_address = NumberProof.objects.filter(
        address_digest=asker, asked_at__gt=now - timedelta(hours=1)
    )
    return (
        to_number.filter(asked_at__gt=now - BETWEEN).exists()
        or to_number.filter(asked_at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY
        or from_address.count() >= MOST_AN_HOUR
    )


def _denied(index: bytes, asker: str, address: str, now: datetime) -> None:
    """Count it on the last row; the first of each goes on the trail, and no flood of them."""
    last = NumberProof.objects.filter(number_index=index).order_by("-asked_at").first()
    last = last or NumberProof.objects.filter(address_digest=asker).order_by("-asked_at").first()
    if last is None:
        return
    NumberProof.objects.filter(pk=last.pk).update(denied=F("denied") + 1)
    if last.denied == 0:
        _record("number_proof.denied", last, address, now, outcome="denied")


@transaction.atomic(durable=True)
def _sent(proof: NumberProof, address: str, now: datetime) -> None:
    proof.sent_at = now
    NumberProof.objects.filter(pk=proof.pk).update(sent_at=now)
    _record("number_proof.sent", proof, address, now)


@transaction.atomic(durable=True)
def _not_sent(proof: NumberProof, error: NotSentError, address: str, now: datetime) -> None:
    NumberProof.objects.filter(pk=proof.pk).update(number_sealed=b"", expires_at=now)
    _record("number_proof.not_sent", proof, address, now, outcome="error", why=str(error))


def _record(
    action: str,
    proof: NumberProof,
    address: str,
    now: datetime,
    *,
    outcome: str = "ok",
    why: str = "",
) -> None:
    audit.record(
        action,
        obj=f"number_proof:{proof.pk}",
        actor=ACTOR,
        now=now,
        outcome=outcome,
        data={"why": why} if why else {},
        pii={"address": address},
        subject=f"number_proof:{proof.pk}",
    )
