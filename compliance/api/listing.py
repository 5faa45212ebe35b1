"""Lists of records, the newest first, a page at a time; a page begins where a cursor says.

A cursor names the last record of the page before, so that records which are added meanwhile move
nothing, and the thousandth page costs what the first does.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet, UUIDField
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.operation import Operation, StrictSerializer
from compliance.api.problems import ProblemError
from compliance.api.throttles import ReadThrottle
from compliance.numbers import Words

MOST, USUAL = 200, 50
LONGEST_CURSOR = 120
GREATEST = 2**63 - 1

NO_CURSOR = Words(
    "游标无效：请原样使用上一页给出的 next。",
    "This is no cursor: use `next` of the page before, as it stands.",
)


class ListQuery(StrictSerializer):
    """What every list takes."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=USUAL)
    cursor = serializers.CharField(max_length=LONGEST_CURSOR, default="", allow_blank=True)


class Listing(Operation):
    """An operation that reads one kind of record."""

    throttle_classes = [ReadThrottle]
    is_list = True
    Query: type[ListQuery] = ListQuery
    Output: type[serializers.BaseSerializer[Any]]

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Any]:
        """Return the records that fit, in any order."""
        raise NotImplementedError

    def get(self, request: Request) -> Response:
        """Read one page."""
        given = self.Query(data=request.query_params)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        rows = self.rows(request, asked).order_by("-pk")
        if asked["cursor"]:
            rows = rows.filter(pk__lt=_after(asked["cursor"], rows.model))
        found = list(rows[: asked["limit"] + 1])
        shown = found[: asked["limit"]]
        more = cursor_of(shown[-1].pk) if len(found) > len(shown) else None
        items = [self.Output(one, context=self.context(request)).data for one in shown]
        return Response({"items": items, "next": more})

    def context(self, request: Request) -> dict[str, Any]:
        """Return what the rows' serializer needs to know."""
        return {"request": request}


def cursor_of(key: object) -> str:
    """Return the cursor behind a record."""
    text = json.dumps(str(key)).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")


def _after(cursor: str, model: type[Model]) -> object:
    try:
        text = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _key(str(text), model)
    except (ValueError, FieldDoesNotExist) as error:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, "cursor_unknown", NO_CURSOR, {"field": "cursor"}
        ) from error


def _key(text: str, model: type[Model]) -> object:
    field: Field[Any, Any] = model._meta.pk  # noqa: SLF001 - public by use
    if isinstance(field, UUIDField):
        return UUID(text)
    number = int(text)
    if not 0 <= number <= GREATEST:
        raise ValueError(text)
    return number
