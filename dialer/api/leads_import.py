"""POST /api/leads/import: take up to a thousand people into a campaign, as an import does."""

import csv
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance import clock
from compliance.api.idempotency import once
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation, StrictSerializer
from compliance.api.problems import ProblemError
from compliance.api.throttles import WriteThrottle
from compliance.imports.apply import import_apply
from compliance.imports.outcome import ImportRefusedError, Watcher, outcome_of
from compliance.imports.plan import import_plan
from compliance.imports.rows import ImportFile
from compliance.imports.staging import Staging
from compliance.lists import ListFileError
from compliance.models import User
from compliance.models.words import ListSource
from compliance.services.list_choose import ListChoice
from dialer.models import Campaign
from dialer.services.leads_import import LeadsImport

MOST_ROWS = 1000
HEADINGS = ("mobile", "name", "external id")


class Person(StrictSerializer):
    """One row of the list."""

    number = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=64, default="", allow_blank=True)
    reference = serializers.CharField(max_length=64, default="", allow_blank=True)


class LeadsImported(Operation):
    """Import people to call. The list is declared with its lawful source, as every list is."""

    zh = "导入外呼对象；名单须如实申报合法来源"
    name = "leads-import"
    scope = "leads:import"
    roles = LeadsImport.roles
    throttle_classes = [WriteThrottle]

    class Input(StrictSerializer):
        """The campaign, the list and its rows."""

        campaign = serializers.SlugField()
        list = serializers.CharField(max_length=128)
        source = serializers.ChoiceField(  # type: ignore[assignment]  # a field's name
            choices=ListSource.choices, required=False
        )
        collected_by = serializers.CharField(max_length=128, default="", allow_blank=True)
        notice = serializers.CharField(max_length=500, default="", allow_blank=True)
        collected_on = serializers.DateField(required=False)
        people = serializers.ListField(
            child=Person(), min_length=1, max_length=MOST_ROWS, allow_empty=False
        )

    class Output(serializers.Serializer[Any]):
        """What came of it; every row that was not taken, with its reason in both languages."""

        number = serializers.IntegerField()
        stage = serializers.CharField()
        rows = serializers.IntegerField()
        added = serializers.IntegerField()
        known = serializers.IntegerField()
        rejects = serializers.ListField(child=serializers.DictField())

    def post(self, request: Request) -> Response:
        """Import them: all good rows, or nothing at all."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        return once(request, lambda: self._taken(request, given.validated_data))

    def _taken(self, request: Request, given: dict[str, Any]) -> Response:
        campaigns = Campaign.objects.select_related("filing__principal")
        campaign = found_or_404(campaigns, filing__code=given["campaign"])
        kind = LeadsImport(campaign=campaign, choice=_choice(given))
        assert isinstance(request.user, User)  # noqa: S101 - narrows the type only
        with tempfile.TemporaryDirectory() as folder:
            path = _written(Path(folder), given["people"])
            try:
                found = _imported(kind, path, request.user)
            except ImportRefusedError as error:
                raise ProblemError(HTTPStatus.CONFLICT, "import_refused", error.words) from error
            except ListFileError as error:
                raise ProblemError(
                    HTTPStatus.UNPROCESSABLE_ENTITY, "list_not_read", error.words
                ) from error
        return Response(self.Output(found).data, status=HTTPStatus.CREATED)


def _choice(given: dict[str, Any]) -> ListChoice:
    return ListChoice(
        reference=given["list"],
        source=given.get("source", ""),
        collected_by=given["collected_by"],
        notice_text=given["notice"],
        collected_on=given.get("collected_on"),
    )


def _written(folder: Path, people: list[dict[str, str]]) -> Path:
    path = folder / "people.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADINGS)
        rows.writerows((one["number"], one["name"], one["reference"]) for one in people)
    return path


def _imported(kind: LeadsImport, path: Path, by: User) -> dict[str, Any]:
    now = clock.read()
    with ImportFile(path=path, columns=kind.columns) as file:
        row = import_plan(kind=kind, file=file, by=by, now=now, watcher=Watcher())
        rejects = [
            {
                "row": one.line - 1,
                "code": one.code,
                "masked": one.masked,
                "zh": one.zh,
                "en": one.en,
            }
            for one in Staging(row.pk, kind.fields).rejects()
        ]
    done = import_apply(kind=kind, row=row, by=by, now=now) if outcome_of(row).rows else None
    done = done or outcome_of(row)
    return {
        "number": done.number,
        "stage": done.stage,
        "rows": done.rows,
        "added": done.added,
        "known": done.known,
        "rejects": rejects,
    }
