"""POST /api/dial-requests: ask for a call to one lead; the gate decides, as for every call."""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from compliance import clock
from compliance.api.idempotency import once
from compliance.api.operation import Operation, StrictSerializer
from compliance.api.problems import ProblemError
from compliance.call_answer import findings_data
from compliance.editions import book_of_decision
from compliance.models import Decision, User
from compliance.numbers import Words
from compliance.rulebook.codec import finding_from_row, instant_text
from dialer.services.call_launch import Launch
from dialer.services.dial_request import (
    DialAnswer,
    NoLineFreeError,
    NoSeatReadyError,
    NoSuchLeadError,
    dial_request,
)

MOST = 2**63 - 1  # a lead's id

NO_LEAD = Words("该外呼任务没有这个外呼对象。", "The campaign has no such lead.")
NO_SEAT = Words("没有就绪的坐席。", "No seat is ready.")
NO_LINE = Words("线路不可用或已占满。", "The trunk is down or all of its lines are in use.")
NOT_NOW = {
    Launch.SEAT_TAKEN: Words("坐席刚被占用。", "The seat has just been taken."),
    Launch.LEAD_TAKEN: Words(
        "该对象正在外呼、已完成或已被拦截。",
        "The lead is being tried, is done, or is blocked.",
    ),
    Launch.SEAT_CAPPED: Words("坐席已达上限。", "The seat has used up its caps."),
    Launch.CAMPAIGN_STOPPED: Words(
        "该任务现在不得外呼。", "Nothing of this campaign may be called now."
    ),
    Launch.LEAD_DEFERRED: Words("现在不得呼叫此人。", "The person may not be called now."),
    Launch.LEAD_BLOCKED: Words("不得呼叫此人。", "The person may not be called."),
}


class DialThrottle(UserRateThrottle):
    """As many as a person can follow."""

    scope = "dial-requests"
    rate = "30/min"


class DialRequests(Operation):
    """Ask for one call. No field takes a number, the called or the shown one.

    Agents may not: they do not draw leads of their own choice (CN13-LST-05).
    """

    zh = "请求一次呼叫；没有任何字段接受号码（被叫或主叫）"
    name = scope = "dial-requests"
    roles = frozenset({User.Role.ADMINISTRATOR, User.Role.SUPERVISOR})
    throttle_classes = [DialThrottle]

    class Input(StrictSerializer):
        """Whom to call, by the lead's id."""

        campaign = serializers.SlugField()
        lead = serializers.IntegerField(min_value=1, max_value=MOST)

    class Output(serializers.Serializer[Any]):
        """The permit that was issued; its call leaves within seconds, or never."""

        result = serializers.CharField(source="what.value")
        permit = serializers.UUIDField(source="permit.pk")
        state = serializers.CharField(source="permit.state")
        expires_at = serializers.DateTimeField(source="permit.expires_at")
        decision = serializers.UUIDField(source="permit.decision_id")
        seat = serializers.CharField()

    def post(self, request: Request) -> Response:
        """Ask the gate for a call from the seat that has been ready longest."""
        wanted = self.Input(data=request.data)
        wanted.is_valid(raise_exception=True)
        return once(request, lambda: self._asked(wanted.validated_data, request))

    def _asked(self, wanted: dict[str, Any], request: Request) -> Response:
        answer = _ask(wanted, actor=f"u:{request.user.pk}")
        if answer.permit is None:
            raise _refused(answer)
        return Response(self.Output(answer).data, status=HTTPStatus.CREATED)


def _ask(wanted: dict[str, Any], *, actor: str) -> DialAnswer:
    try:
        return dial_request(
            campaign=wanted["campaign"], lead_id=wanted["lead"], actor=actor, now=clock.read()
        )
    except NoSuchLeadError as error:
        raise ProblemError(HTTPStatus.NOT_FOUND, "lead_unknown", NO_LEAD) from error
    except NoSeatReadyError as error:
        raise ProblemError(HTTPStatus.CONFLICT, "no_seat_ready", NO_SEAT) from error
    except NoLineFreeError as error:
        raise ProblemError(HTTPStatus.CONFLICT, "no_line_free", NO_LINE) from error


def _refused(answer: DialAnswer) -> ProblemError:
    more: dict[str, Any] = {"result": answer.what.value, "permit": None}
    if answer.decision is not None:
        more |= _decided(answer.decision)
    return ProblemError(
        HTTPStatus.CONFLICT, f"not_dialled:{answer.what.value}", NOT_NOW[answer.what], more
    )


def _decided(decision: Decision) -> dict[str, Any]:
    findings = [finding_from_row(row) for row in decision.findings]
    objecting = [one for one in findings if one.rule_id in decision.objecting_rules]
    return {
        "decision": str(decision.pk),
        "verdict": decision.verdict,
        "retry_at": instant_text(decision.retry_at) if decision.retry_at else None,
        "findings": findings_data(objecting, book=book_of_decision(decision.book_digest)),
    }
