"""The Idempotency-Key header: a request that is sent again is answered again, and not done again.

After draft-ietf-httpapi-idempotency-key-header. A key is an account's own; the row is there before
anything is done, so a request whose end nobody saw is never done twice: it is told as unknown.
"""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response

from audit.keys import secret
from compliance import clock
from compliance.api.problems import CONTENT_TYPE, ProblemError, problem_data
from compliance.models import ApiRequest, User
from compliance.models.api import LONGEST_KEY
from compliance.numbers import Words

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(hours=24)

BAD_KEY = Words(
    "幂等键须为 1 至 {most} 个可见 ASCII 字符。",
    "An idempotency key has 1 to {most} visible ASCII signs.",
)
OTHER_REQUEST = Words(
    "该幂等键已用于另一请求。", "This idempotency key was used for another request."
)
UNDER_WAY = Words(
    "该请求正在处理或其结果未知，不会再次执行；请查询记录后换用新的键。",
    "The request is under way, or its end is unknown; it is not done again. Look at the records, "
    "then use another key.",
)


def once(request: Request, do: Callable[[], Response]) -> Response:
    """Do what is asked, or answer as it was answered before.

    :raises ProblemError: if the key is none, is another request's, or its end is unknown
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return do()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ProblemError(HTTPStatus.BAD_REQUEST, "key_bad", BAD_KEY.filled(most=LONGEST_KEY))
    row, new = _row(request, key)
    return _done(row, do) if new else _again(row, _digest(request))


def _row(request: Request, key: str) -> tuple[ApiRequest, bool]:
    now, user = clock.read(), request.user
    assert isinstance(user, User)  # noqa: S101 - narrows the type only
    ApiRequest.objects.filter(user=user, at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            made = ApiRequest.objects.create(
                user=user, key=key, request_hmac=_digest(request), at=now
            )
    except IntegrityError:
        return ApiRequest.objects.get(user=user, key=key), False
    return made, True


def _done(row: ApiRequest, do: Callable[[], Response]) -> Response:
    try:
        response = do()
    except ProblemError as problem:
        if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            _keep(row, problem.status.value, problem_data(problem))
        raise
    _keep(row, response.status_code, response.data)
    return response


def _keep(row: ApiRequest, status: int, body: Any) -> None:
    plain = json.loads(json.dumps(body, default=str))
    ApiRequest.objects.filter(pk=row.pk).update(status=status, body=plain)


def _again(row: ApiRequest, digest: str) -> Response:
    if row.request_hmac != digest:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "key_of_another", OTHER_REQUEST)
    if row.status is None:
        raise ProblemError(HTTPStatus.CONFLICT, "request_under_way", UNDER_WAY)
    bad = row.status >= HTTPStatus.BAD_REQUEST
    response = Response(row.body, status=row.status, content_type=CONTENT_TYPE if bad else None)
    response[REPLAYED] = "true"
    return response


def _digest(request: Request) -> str:
    """Return what the request is, whatever order its fields came in.

    Keyed: a body may hold a number, and whoever tries all numbers would find a plain digest's.
    """
    asked = json.dumps([request.method, request.path, request.data], sort_keys=True)
    return hmac.digest(secret("number-index"), f"api-request {asked}".encode(), "sha256").hex()
