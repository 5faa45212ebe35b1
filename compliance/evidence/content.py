"""Everything on record about calls to one person, as files for a pack."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from audit.keys import public_pem
from audit.models import AuditEntry
from compliance.call_answer import findings_data
from compliance.editions import book_of_decision
from compliance.evidence.rows import row_data
from compliance.gate import claims_of
from compliance.models import (
    CampaignFiling,
    Complaint,
    Decision,
    Permit,
    Person,
    ScriptVersion,
    Suspension,
)
from compliance.permit_seal import is_genuine, sealed_bytes
from compliance.rulebook.codec import finding_from_row

# Making a pack, or looking at a case, is no part of what the pack is about.
LOOKING = ("evidence.packed", "number.revealed", "complaint.access_denied", "recording.played")
README = """\
举证包 · Evidence pack

manifest.json 列出每个文件的 SHA-256。
permits.json：sealed_utf8 为签名原文，signature 为 Ed25519 签名（十六进制），
用 permit-public-key.pem 验证。
audit.json：body_utf8 为审计条目原文，sha256 为其摘要。
decisions.json：facts 为判定所依据的事实，findings 为规则结论与依据（中英文）。
recordings.json：每次通话的录音及其摘要；recordings/ 下为录音（WAV，左为被叫，右为本方），
仅在合规专员要求时附上；audio_sha256 是 WAV 文件第 45 字节起的 SHA-256。

manifest.json lists the SHA-256 of every file.
permits.json: signature (hexadecimal) is Ed25519 over sealed_utf8; check it with
permit-public-key.pem.
audit.json: body_utf8 is the entry as it was written, sha256 its digest.
decisions.json: facts is what was decided on, findings what the rules said and the sources that
they rest on, in both languages.
recordings.json: the recording of each call, with its digests; the WAV files (left the callee,
right us) are in recordings/ if compliance asked for them; audio_sha256 is over a file's bytes from
the 45th on.
"""


def person_data(person: Person, *, number: str | None) -> dict[str, Any]:
    """Return the person: masked, unless the caller may show the number."""
    return row_data(person) | ({} if number is None else {"number": number})


def case_data(complaint: Complaint) -> dict[str, Any]:
    """Return a case with its history, whom it is about, and what it suspended."""
    events = complaint.events.exclude(kind="packed").order_by("pk")
    suspensions = Suspension.objects.filter(complaint=complaint).order_by("pk")
    return {
        **row_data(complaint),
        "accused": [row_data(one) for one in complaint.accused.order_by("pk")],
        "events": [row_data(event) for event in events],
        "suspensions": [row_data(one) for one in suspensions],
    }


def compliance_files(person: Person) -> dict[str, Any]:
    """Return consents, refusals, decisions, permits, campaigns and scripts, each as rows."""
    decisions = list(person.decisions.order_by("at", "pk"))
    permits = list(_permits(person))
    filings = CampaignFiling.objects.filter(
        pk__in={row.filing_id for row in decisions}
    ).select_related("principal", "caller_number", "trunk")
    scripts = ScriptVersion.objects.filter(pk__in=filings.values("script_id"))
    consents = person.consents.select_related("whitelist__principal").order_by("pk")
    return {
        "consents.json": [
            row_data(one)
            | {"principal": one.whitelist.principal.name, "purpose": one.whitelist.purpose}
            for one in consents
        ],
        "refusals.json": [row_data(one) for one in person.refusals.order_by("pk")],
        "decisions.json": [_decision(row) for row in decisions],
        "permits.json": [_permit(permit) for permit in permits],
        "campaigns.json": [
            row_data(one)
            | {
                "principal_name": one.principal.name,
                "caller": one.caller_number.number,
                "trunk_code": one.trunk.code,
            }
            for one in filings.order_by("pk")
        ],
        "scripts.json": [row_data(one) for one in scripts.order_by("pk")],
        "permit-public-key.pem": public_pem("permit"),
    }


def audit_data(objects: Iterable[str]) -> list[dict[str, Any]]:
    """Return the entries of the trail about the objects, as they were written."""
    entries = AuditEntry.objects.filter(object__in=set(objects)).exclude(action__in=LOOKING)
    return [
        {
            "eid": str(entry.eid),
            "object": entry.object,
            "action": entry.action,
            "body_utf8": bytes(entry.body).decode(),
            "sha256": hashlib.sha256(bytes(entry.body)).hexdigest(),
            "mac": bytes(entry.mac).hex(),
            "key": entry.kid,
        }
        for entry in entries.order_by("pk")
    ]


def objects_of(files: dict[str, Any], *, complaint: Complaint | None) -> set[str]:
    """Return how the trail names the records in the files."""
    kinds = {
        "consents.json": "consent",
        "refusals.json": "refusal",
        "decisions.json": "decision",
        "permits.json": "permit",
        "campaigns.json": "filing",
        "scripts.json": "script",
        "attempts.json": "attempt",
        "recordings.json": "recording",
        "lists.json": "list",
    }
    named = {f"{kind}:{row['id']}" for name, kind in kinds.items() for row in files.get(name, ())}
    if complaint is not None:
        named.add(f"complaint:{complaint.pk}")
        named |= {f"suspension:{one.pk}" for one in complaint.suspensions.all()}
    return named


def _decision(row: Decision) -> dict[str, Any]:
    findings = [finding_from_row(one) for one in row.findings]
    book = book_of_decision(row.book_digest)
    return row_data(row, without=("facts", "findings")) | {
        "facts": json.loads(bytes(row.facts)),
        "facts_intact": hashlib.sha256(bytes(row.facts)).digest() == bytes(row.facts_digest),
        "findings": findings_data(findings, book=book),
        "book_is_the_one_that_explains": row.book_digest == book.digest,
    }


def _permits(person: Person) -> Iterable[Permit]:
    return person.permits.select_related("decision", "trunk", "caller_number").order_by(
        "issued_at", "pk"
    )


def _permit(permit: Permit) -> dict[str, Any]:
    claims = claims_of(permit, callee=bytes(permit.person.number_index).hex())
    return row_data(permit) | {
        "sealed_utf8": sealed_bytes(claims).decode(),
        "genuine": is_genuine(claims, bytes(permit.signature)),
    }
