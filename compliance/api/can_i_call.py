"""GET /api/can-i-call: may this number be called, and if not, why."""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle

from compliance import clock
from compliance.api.operation import Operation, StrictSerializer, actor_of
from compliance.api.problems import ProblemError
from compliance.call_answer import answer_data
from compliance.models import User
from compliance.questions import Question, QuestionError, read_question
from compliance.services.question_ask import question_ask

LONGEST_NUMBER = 40  # signs


class QuestionThrottle(UserRateThrottle):
    """Enough for a person or a small system, too little to sift a list of numbers."""

    scope = "can-i-call"
    rate = "60/min"


class CanICall(Operation):
    """Ask the rulebook; never creates a permit, and is itself on the record."""

    zh = "查询规则可否呼叫；不产生许可，查询本身留痕"
    name = scope = "can-i-call"
    roles = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE, User.Role.SUPERVISOR})
    throttle_classes = [QuestionThrottle]

    class Input(StrictSerializer):
        """The question."""

        number = serializers.CharField(max_length=LONGEST_NUMBER)
        campaign = serializers.SlugField()
        at = serializers.CharField(max_length=LONGEST_NUMBER, default="", allow_blank=True)
        all = serializers.BooleanField(default=False)

    def get(self, request: Request) -> Response:
        """Answer the question, as `manage.py can_i_call --json` does."""
        asked = self.Input(data=request.query_params)
        asked.is_valid(raise_exception=True)
        now = clock.read()
        question = _question(asked.validated_data, now=now)
        answer = question_ask(
            filing=question.filing,
            number=question.number,
            at=question.at,
            actor=actor_of(request),
            now=now,
        )
        return Response(answer_data(answer, every_rule=asked.validated_data["all"]))


def _question(asked: dict[str, Any], *, now: Any) -> Question:
    try:
        return read_question(
            number=asked["number"], campaign=asked["campaign"], at=asked["at"], now=now
        )
    except QuestionError as error:
        status = HTTPStatus.NOT_FOUND if error.field == "campaign" else HTTPStatus.BAD_REQUEST
        more = {"field": error.field}
        raise ProblemError(status, f"{error.field}_unknown", error.words, more) from error
