"""POST /api/dispositions: an agent's word for a call of its seat; a refusal stands above it."""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from compliance import clock
from compliance.api.idempotency import once
from compliance.api.operation import Operation, StrictSerializer, actor_of
from compliance.api.problems import ProblemError
from compliance.models import Seat, User
from compliance.numbers import Words
from dialer.models import Attempt, WrapUp
from dialer.services.disposition_record import (
    CallIsUpError,
    DispositionTaken,
    NotTheirCallError,
    disposition_record,
)

# One answer for calls that do not exist and for those of others: nothing to learn by asking.
NO_CALL = Words("您的坐席没有这通电话。", "Your seat had no such call.")
CALL_UP = Words(
    "通话尚未结束；此时只能登记拒绝。", "The call is not over; until then only a refusal counts."
)


class DispositionThrottle(UserRateThrottle):
    """More than anybody talks."""

    scope = "dispositions"
    rate = "30/min"


class Dispositions(Operation):
    """Write down what came of a call, out of a closed list (CN13-REF-04).

    Agents only, for the calls of their own seats.
    """

    zh = "从封闭列表中登记通话结果（CN13-REF-04）"
    name = scope = "dispositions"
    roles = frozenset({User.Role.AGENT})
    throttle_classes = [DispositionThrottle]

    class Input(StrictSerializer):
        """Which call, by its permit, and one word of the list."""

        permit = serializers.UUIDField()
        said = serializers.ChoiceField(choices=WrapUp.Said.choices)

    class Output(serializers.Serializer[Any]):
        """What the call counts as now, whatever was said."""

        said = serializers.CharField(source="wrap_up.said")
        disposition = serializers.CharField()
        overruled = serializers.BooleanField()

    def post(self, request: Request) -> Response:
        """Take the word; where the person said no, keep it as an overruling."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)

        def do() -> Response:
            taken = _take(given.validated_data, request)
            return Response(self.Output(taken).data, status=HTTPStatus.CREATED)

        return once(request, do)


def _take(given: dict[str, Any], request: Request) -> DispositionTaken:
    seat = Seat.objects.filter(agent_id=request.user.pk).first()
    attempt = Attempt.objects.filter(permit_id=given["permit"]).first()
    if seat is None or attempt is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "call_unknown", NO_CALL)
    try:
        return disposition_record(
            attempt_id=attempt.pk,
            seat=seat,
            said=given["said"],
            actor=actor_of(request),
            now=clock.read(),
        )
    except NotTheirCallError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, "call_unknown", NO_CALL) from error
    except CallIsUpError as error:
        raise ProblemError(HTTPStatus.CONFLICT, "call_is_up", CALL_UP) from error
