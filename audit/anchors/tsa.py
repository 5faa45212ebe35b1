"""A time stamp of a checkpoint by somebody else's clock and key: RFC 3161 over HTTP.

The stamp is over the exact bytes of the signed note, so that anybody can check it with
`openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile roots.pem`.
"""

import http.client
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from audit.anchors.anchored import Anchored, AnchorError, Published

SECONDS = 10  # to connect, and between bytes
LONGEST = 100_000  # bytes; a stamp has 1,500 to 7,000
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"  # RFC 3161 3.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A response of a time stamping authority that was verified."""

    token: bytes  # the whole response, DER, as `openssl ts` reads it
    at: datetime  # UTC instant by the authority's clock
    serial: int


def anchor_tsa(published: Published, *, url: str, roots: Path) -> Anchored:
    """Have the checkpoint stamped.

    :raises AnchorError: if there is no stamp, or it does not verify
    """
    stamp = time_stamp(note=published.note, url=url, roots=roots)
    reference = f"{stamp.at.isoformat()} serial {stamp.serial} {url}"
    return Anchored(reference=reference[:200], token=stamp.token)


def time_stamp(*, note: bytes, url: str, roots: Path) -> Stamp:
    """Ask the authority at `url` to stamp the note, and verify what it answers.

    :raises AnchorError: if there is no stamp, or it does not verify
    """
    request = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    raw = _post(url, request.as_bytes())
    return _verified(raw, VerifierBuilder.from_request(request), note=note, roots=roots)


def verify_stamp(*, token: bytes, note: bytes, roots: Path) -> Stamp:
    """Return the stamp if it is one of this very note, by an authority under one of the roots.

    :raises AnchorError: if it is not
    """
    return _verified(token, VerifierBuilder(), note=note, roots=roots)


def _verified(raw: bytes, builder: VerifierBuilder, *, note: bytes, roots: Path) -> Stamp:
    for certificate in _certificates(roots):
        builder = builder.add_root_certificate(certificate)
    response = _decoded(raw)
    try:
        builder.build().verify_message(response, note)
    except (VerificationError, ValueError) as error:
        raise AnchorError(
            zh=f"时间戳验证失败：{error}", en=f"the time stamp does not verify: {error}"
        ) from error
    told = response.tst_info
    return Stamp(token=raw, at=told.gen_time, serial=told.serial_number)


def _decoded(raw: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(raw)
    except ValueError as error:
        raise AnchorError(
            zh="时间戳机构的答复无法读取",
            en="the answer of the authority is unreadable",
        ) from error


def _certificates(roots: Path) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(roots.read_bytes())
    except (OSError, ValueError) as error:
        raise AnchorError(
            zh=f"根证书文件 {roots} 不可用", en=f"the root certificates in {roots} are unusable"
        ) from error


def _post(url: str, query: bytes) -> bytes:
    if not url.startswith(("https://", "http://")):
        raise AnchorError(zh=f"AUDIT_TSA_URL={url!r} 不是网址", en=f"{url!r} is no URL")
    request = Request(url, data=query, headers={"Content-Type": _QUERY})  # noqa: S310 - checked
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - checked  # nosec B310
            kind, raw = answer.headers.get_content_type(), bytes(answer.read(LONGEST + 1))
    except (URLError, OSError, http.client.HTTPException) as error:
        raise AnchorError(
            zh=f"时间戳机构无应答：{error}",
            en=f"the authority does not answer: {error}",
        ) from error
    if kind != _REPLY or len(raw) > LONGEST:
        raise AnchorError(zh="答复不是时间戳", en=f"the answer is no time stamp but {kind}")
    return raw
