"""Every error of the API as problem details (RFC 9457), in Chinese and in English."""

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from redis import RedisError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from compliance.numbers import Words
from compliance.selectors.call_facts import FactsUnavailableError

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
UNAVAILABLE = (FactsUnavailableError, InterfaceError, OperationalError, RedisError)
STORE_DOWN = Words(
    "系统暂时无法查询所需数据；查不到就不外呼。",
    "What the answer needs cannot be read now; unknown means no call.",
)
TITLES = {
    HTTPStatus.BAD_REQUEST: Words("请求有误。", "The request is not right."),
    HTTPStatus.UNAUTHORIZED: Words("请先登录或出示令牌。", "Log in, or show a token."),
    HTTPStatus.FORBIDDEN: Words("您的角色不能这样做。", "Your role may not do this."),
    HTTPStatus.NOT_FOUND: Words("没有这个对象。", "There is no such thing."),
    HTTPStatus.METHOD_NOT_ALLOWED: Words("不支持这种方法。", "The method is not supported."),
    HTTPStatus.CONFLICT: Words("现在不能这样做。", "This cannot be done now."),
    HTTPStatus.UNPROCESSABLE_ENTITY: Words("请求与先前的不一致。", "The request is another one."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Words("请发送 JSON。", "Send JSON."),
    HTTPStatus.TOO_MANY_REQUESTS: Words("请求太频繁。", "There are too many requests."),
    HTTPStatus.SERVICE_UNAVAILABLE: Words("暂时不可用。", "Not available now."),
}


class ProblemError(Exception):
    """An operation cannot be done; `code` names the kind of problem, `more` what else is known."""

    def __init__(
        self, status: HTTPStatus, code: str, words: Words, more: dict[str, Any] | None = None
    ) -> None:
        """Keep what the answer will say."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.words = words
        self.more = more or {}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an exception of an operation; None leaves it to Django, as a plain 500."""
    if isinstance(error, ProblemError):
        return problem(error.status, code=error.code, words=error.words, more=error.more)
    if isinstance(error, UNAVAILABLE):
        log.error("%s: %s", type(context["view"]).__name__, type(error).__name__)
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, code="unavailable", words=STORE_DOWN)
    response = exception_handler(error, context)
    return None if response is None else _restated(error, response)


def problem_data(problem: ProblemError) -> dict[str, Any]:
    """Return what an answer with this problem says."""
    return {
        "type": f"urn:yunhu:problem:{problem.code}",
        "title": str(TITLES[problem.status]),
        "status": problem.status.value,
        "detail": str(problem.words),
        "sentences": {"zh": problem.words.zh, "en": problem.words.en},
        **problem.more,
    }


def problem(
    status: HTTPStatus, *, code: str, words: Words, more: dict[str, Any] | None = None
) -> Response:
    """Make the answer for one problem."""
    body = problem_data(ProblemError(status, code, words, more))
    return Response(body, status=status.value, content_type=CONTENT_TYPE)


def _restated(error: Exception, response: Response) -> Response:
    """Say what the framework found; never what the caller sent, which may be a number."""
    status = HTTPStatus(response.status_code)
    more = {"fields": response.data} if isinstance(error, exceptions.ValidationError) else {}
    restated = problem(status, code=_code(error), words=TITLES[status], more=more)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            restated[header] = response[header]
    return restated


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    return error.default_code if isinstance(error, exceptions.APIException) else "error"
