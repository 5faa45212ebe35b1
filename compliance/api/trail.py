"""Reading the audit trail: entries, proofs that they are in the tree, the newest checkpoint."""

import json
from base64 import b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import BY_NAME
from audit.merkle import ProofError
from audit.models import AuditEntry
from audit.proofs import NotSealedError, inclusion, newest_checkpoint, tlog_proof
from audit.stored_tiles import TileMissingError
from compliance.api.listing import Listing, ListQuery
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation
from compliance.api.problems import ProblemError
from compliance.api.roles import KEEPERS, Role
from compliance.api.throttles import ReadThrottle
from compliance.numbers import Words

READERS = KEEPERS | {Role.REGULATOR}
NOT_SEALED = Words(
    "该条目尚未被检查点封存；几秒后再试。",
    "No checkpoint covers the entry yet; ask again in some seconds.",
)
NAME = r"^[a-z_.]{1,64}$"
OBJECT = r"^[A-Za-z0-9:._/@-]{1,160}$"


class EntryRow(serializers.Serializer[Any]):
    """One entry; `body_base64` are the exact bytes that were hashed."""

    id = serializers.IntegerField(source="pk")
    eid = serializers.UUIDField()
    at = serializers.DateTimeField(source="ts")
    action = serializers.CharField()
    said = serializers.SerializerMethodField()
    actor = serializers.CharField()
    object = serializers.CharField()
    outcome = serializers.CharField()
    body = serializers.SerializerMethodField()
    body_base64 = serializers.SerializerMethodField()

    def get_said(self, row: AuditEntry) -> dict[str, str]:
        """Return what happened, in words."""
        action = BY_NAME.get(row.action)
        return {"zh": action.zh, "en": action.en} if action else {"zh": "", "en": ""}

    def get_body(self, row: AuditEntry) -> dict[str, Any]:
        """Return the entry as JSON."""
        return dict(json.loads(bytes(row.body)))

    def get_body_base64(self, row: AuditEntry) -> str:
        """Return the entry's exact bytes."""
        return b64encode(bytes(row.body)).decode()


class Entries(Listing):
    """List entries of the trail, the newest first."""

    zh = "列出审计条目，最新的在前"
    name = "audit-entries"
    scope = "audit:read"
    roles = READERS
    Output = EntryRow

    class Query(ListQuery):
        """Which entries; exact values only."""

        action = serializers.RegexField(NAME, required=False)
        actor = serializers.RegexField(OBJECT, required=False)
        object = serializers.RegexField(OBJECT, required=False)
        since = serializers.DateTimeField(required=False)
        until = serializers.DateTimeField(required=False)

    FILTERS = {
        "action": "action",
        "actor": "actor",
        "object": "object",
        "since": "ts__gte",
        "until": "ts__lt",
    }

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[AuditEntry]:
        """Return the entries that fit."""
        del request
        given = {to: asked[name] for name, to in self.FILTERS.items() if name in asked}
        return AuditEntry.objects.filter(**given)


class Proof(Operation):
    """Prove that an entry is in the tree of the newest checkpoint (C2SP tlog-proof)."""

    zh = "证明一个条目在最新检查点的树中（C2SP tlog-proof）"
    name = "audit-proof"
    scope = "audit:read"
    roles = READERS
    throttle_classes = [ReadThrottle]

    class Output(serializers.Serializer[Any]):
        """The proof: everything that an offline verifier needs, beside the key."""

        entry = serializers.IntegerField()
        index = serializers.IntegerField()
        size = serializers.IntegerField()
        leaf_hash = serializers.CharField()
        path = serializers.ListField(child=serializers.CharField())
        checkpoint = serializers.CharField()
        tlog_proof = serializers.CharField()

    def get(self, request: Request, entry: int) -> Response:
        """Answer with the proof."""
        del request
        row = found_or_404(AuditEntry.objects.only("pk"), pk=entry)
        try:
            signed = newest_checkpoint()
            proof = inclusion(entry_id=row.pk, size=signed.size)
        except (NotSealedError, TileMissingError, ProofError) as error:
            raise ProblemError(HTTPStatus.CONFLICT, "not_sealed", NOT_SEALED) from error
        found = {
            "entry": row.pk,
            "index": proof.index,
            "size": proof.size,
            "leaf_hash": proof.leaf.hex(),
            "path": [one.hex() for one in proof.path],
            "checkpoint": signed.note.decode(),
            "tlog_proof": tlog_proof(proof, signed),
        }
        return Response(self.Output(found).data)


class Checkpoint(Operation):
    """Read the newest signed checkpoint of the log, its exact text (C2SP tlog-checkpoint)."""

    zh = "读取审计日志最新的已签名检查点原文（C2SP tlog-checkpoint）"
    name = "audit-checkpoint"
    scope = "audit:read"
    roles = READERS
    throttle_classes = [ReadThrottle]

    class Output(serializers.Serializer[Any]):
        """The note and its size."""

        size = serializers.IntegerField()
        epoch = serializers.IntegerField()
        note = serializers.CharField()

    def get(self, request: Request) -> Response:
        """Answer with the checkpoint."""
        del request
        try:
            signed = newest_checkpoint()
        except NotSealedError as error:
            raise ProblemError(HTTPStatus.CONFLICT, "not_sealed", NOT_SEALED) from error
        found = {"size": signed.size, "epoch": signed.epoch, "note": signed.note.decode()}
        return Response(self.Output(found).data)
