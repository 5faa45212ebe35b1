"""The OpenAPI document of the API, made from the operations themselves.

What makes it is loaded when somebody asks for it, and not before: every process that knows the
URLs would carry it.
"""

from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.idempotency import HEADER
from compliance.api.operation import Operation
from compliance.api.roles import READERS, Role
from compliance.api.throttles import ReadThrottle

TITLE = "允呼 Yunhu API"
ABOUT = (
    "没有许可就没有呼叫。令牌由 `manage.py token_make` 发放，限定用途与时间。\n\n"
    "No call without a permit. Tokens come from `manage.py token_make`, for named uses and a "
    "time. Errors are problem details (RFC 9457) in both languages; lists are read by cursor; a "
    f"request that changes something may carry `{HEADER}`."
)
ERRORS = {
    HTTPStatus.BAD_REQUEST: "请求有误 / the request is not right",
    HTTPStatus.UNAUTHORIZED: "令牌无效 / no good token",
    HTTPStatus.FORBIDDEN: "角色或用途不允许 / the role or the token's uses do not allow it",
    HTTPStatus.NOT_FOUND: "没有此记录 / there is no such record",
    HTTPStatus.METHOD_NOT_ALLOWED: "不支持的方法 / method not allowed",
    HTTPStatus.CONFLICT: "现在不能这样做 / it cannot be done now",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "请发送 JSON / send JSON",
    HTTPStatus.UNPROCESSABLE_ENTITY: "与先前的请求不符 / not the request of that key",
    HTTPStatus.TOO_MANY_REQUESTS: "请求太频繁 / too many requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "暂时不可用 / not available now",
}
GROUPS = {  # by the scope's first word
    "attempts": "通话记录 / call records",
    "audit": "审计条目与证明 / entries of the trail, and proofs",
    "campaigns": "外呼任务 / campaigns",
    "can-i-call": "可否外呼 / may this call be made",
    "complaints": "投诉 / complaints",
    "consents": "同意 / consents",
    "decisions": "决定 / decisions of the gate",
    "dial-requests": "请求外呼 / asking for calls",
    "dispositions": "通话处置 / what came of a call",
    "leads": "外呼对象 / leads",
    "parties": "主体、委托与许可 / principals, mandates, licences",
    "refusals": "拒绝 / refusals",
    "webhooks": "事件通知 / webhooks",
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "sentences"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "sentences": {
            "type": "object",
            "required": ["zh", "en"],
            "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
        },
    },
}


class OpenApi(Operation):
    """The OpenAPI document."""

    name = "openapi"
    scope = "can-i-call"  # no token is made for the document alone; a log-in reads it too
    roles = READERS | {Role.AGENT}
    throttle_classes = [ReadThrottle]
    documented = False

    def get(self, request: Request) -> Response:
        """Answer with the document."""
        del request
        return Response(document())


@cache
def document() -> dict[str, Any]:
    """Return the document as JSON values."""
    from drf_spectacular.generators import SchemaGenerator  # noqa: PLC0415

    from compliance.api.openapi_schema import OperationSchema  # noqa: PLC0415

    Operation.schema = OperationSchema()
    make: Any = SchemaGenerator
    generator = make(urlconf=settings.ROOT_URLCONF)
    made: dict[str, Any] = generator.get_schema(request=None, public=True)
    made["tags"] = [{"name": name, "description": words} for name, words in GROUPS.items()]
    made["info"] = {"title": TITLE, "version": "1", "description": ABOUT}
    made.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    made["components"]["securitySchemes"] = {
        "token": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Authorization: Token …",
        }
    }
    return made
