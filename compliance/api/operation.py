"""What every operation of the API demands before it runs: who asks, their role, and how often."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from knox.auth import TokenAuthentication
from rest_framework import exceptions, serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle, UserRateThrottle
from rest_framework.views import APIView

from audit import record as audit
from compliance import clock
from compliance.api import problems
from compliance.api.scopes import SCOPES
from compliance.models import TokenScope, User
from compliance.numbers import Words

UNKNOWN_FIELD = Words("没有这个字段。", "There is no such field.")
NOT_FOR_THIS = Words("令牌不能用于：{zh}。", "The token is not for this use: {en}.")
SAID_TWICE = Words("这个字段出现了多次。", "The field is there more than once.")
SAID_BLANK = Words(
    "这个字段是空的：不要筛选就不要写它。", "The field is empty: leave it out instead."
)


class Tokens(TokenAuthentication):  # type: ignore[misc]  # knox has no types
    """Tokens from `manage.py token_make`: kept only as digests, and they expire."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """Return the account and its token.

        :raises AuthenticationFailed: if the token is none, has expired, or its account is closed
        """
        if not token.isascii():
            raise exceptions.AuthenticationFailed
        return super().authenticate_credentials(token)


class RoleMay(BasePermission):
    """Let in the roles that the operation names, and nobody else."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return True for an account with one of the operation's roles."""
        user = request.user
        return (
            isinstance(user, User) and user.is_active and user.role in getattr(view, "roles", ())
        )


class ScopeMissingError(problems.ProblemError):
    """The token is good, and not for this."""

    def __init__(self, scope: str) -> None:
        """Say which use it was not made for."""
        uses = SCOPES[scope]
        words = NOT_FOR_THIS.filled(zh=uses.zh, en=uses.en)
        super().__init__(HTTPStatus.FORBIDDEN, "scope_missing", words, {"scope": scope})


class FailureThrottle(SimpleRateThrottle):
    """How many failures from one address are recorded, each by itself."""

    scope = "failed-tokens"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """Count by address: nobody is logged in."""
        del view
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class StrictSerializer(serializers.Serializer[Any]):
    """Input in which every field is known, and none is said twice or left blank in an address."""

    def to_internal_value(self, data: Any) -> Any:
        """Read the input.

        :raises ValidationError: if a field is unknown, repeated, blank or not what it should be
        """
        if isinstance(data, Mapping):
            wrong = {name: [str(UNKNOWN_FIELD)] for name in data if name not in self.fields}
            several: Callable[[str], list[str]] | None = getattr(data, "getlist", None)
            if several is not None:
                wrong |= {name: [str(SAID_TWICE)] for name in data if len(several(name)) > 1}
                # The framework would forget a blank one, and list more than was asked for.
                wrong |= {
                    name: [str(SAID_BLANK)]
                    for name, field in self.fields.items()
                    if data.get(name) == "" and not getattr(field, "allow_blank", False)
                }
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class Operation(APIView):
    """One operation; it states the roles that may do it and how often."""

    name: str  # as the audit trail names it
    zh: str  # what the first line of its docstring says
    roles: frozenset[str] = frozenset()
    scope: str  # what a token must be for; a log-in in the console needs no token
    authentication_classes = [Tokens, SessionAuthentication]
    permission_classes = [RoleMay]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]
    throttle_classes: list[type[UserRateThrottle]]

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Answer every error as problem details."""
        return problems.handle

    def perform_authentication(self, request: Request) -> None:
        """Put a token that opens nothing on the record, but no flood of them.

        :raises AuthenticationFailed: for such a token
        """
        try:
            super().perform_authentication(request)
        except exceptions.AuthenticationFailed:
            if FailureThrottle().allow_request(request, self):
                _record_failure(request, self.name)
            raise

    def check_permissions(self, request: Request) -> None:
        """Count the request before anything else, so that denials cannot flood the record."""
        super().check_throttles(request)
        super().check_permissions(request)
        if not self._is_for_this(request):
            _record_denial(request, self.name)
            raise ScopeMissingError(self.scope)

    def _is_for_this(self, request: Request) -> bool:
        if request.auth is None:  # logged in in the console
            return True
        return TokenScope.objects.filter(
            token=request.auth, scopes__contains=[self.scope]
        ).exists()

    def check_throttles(self, request: Request) -> None:
        """Do nothing more: `check_permissions` has counted the request."""

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        """Put the denial of an account on the record.

        :raises PermissionDenied: always, or NotAuthenticated for somebody unknown
        """
        if not isinstance(request.user, AnonymousUser):
            _record_denial(request, self.name)
        super().permission_denied(request, message, code)


def _record_denial(request: Request, name: str) -> None:
    with transaction.atomic():
        audit.record(
            "access.denied",
            obj=f"api:{name}",
            actor=actor_of(request),
            now=clock.read(),
            outcome="denied",
            data={"method": request.method or ""},
        )


def _record_failure(request: Request, name: str) -> None:
    nobody = "anonymous:api"
    with transaction.atomic():
        audit.record(
            "user.login_failed",
            obj="u:unknown",
            actor=nobody,
            now=clock.read(),
            outcome="denied",
            data={"through": "api_token", "operation": name},
            pii={"address": str(request.META.get("REMOTE_ADDR") or "unknown")},
            subject=nobody,
        )


def noted(
    action: str, *, obj: str, request: Request, data: Mapping[str, object] | None = None
) -> None:
    """Put on the record what an operation did that is nobody else's business to record."""
    with transaction.atomic():
        audit.record(action, obj=obj, actor=actor_of(request), now=clock.read(), data=data)


def actor_of(request: Request) -> str:
    """Return who asks, as the audit trail names them."""
    return f"u:{request.user.pk}"
