"""POST /api/campaigns/CODE/pause: stop a campaign; to let it call again takes two people."""

from http import HTTPStatus
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance import clock
from compliance.api.campaigns import CampaignRow
from compliance.api.idempotency import once
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation, StrictSerializer, actor_of
from compliance.api.problems import ProblemError
from compliance.api.roles import OVERSIGHT
from compliance.api.throttles import WriteThrottle
from compliance.models import CampaignFiling
from compliance.numbers import Words
from compliance.services.filing_pause import CampaignStateError, filing_pause

NOT_RUNNING = Words("该任务没有在运行。", "The campaign is not running.")


class CampaignPause(Operation):
    """Stop new calls of a campaign at once; no operation resumes or activates one."""

    zh = "立即停止一个任务的新呼叫；没有恢复或启用任务的接口"
    name = "campaign-pause"
    scope = "campaigns:pause"
    roles = OVERSIGHT
    throttle_classes = [WriteThrottle]
    Output = CampaignRow

    class Input(StrictSerializer):
        """Why."""

        reason = serializers.CharField(max_length=500)

    def post(self, request: Request, code: str) -> Response:
        """Pause it."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        return once(request, lambda: self._pause(request, code, given.validated_data))

    def _pause(self, request: Request, code: str, given: dict[str, Any]) -> Response:
        rows = CampaignFiling.objects.select_related(
            "principal", "caller_number", "trunk", "script"
        )
        filing = found_or_404(rows, code=code)
        try:
            filing_pause(
                filing=filing, actor=actor_of(request), reason=given["reason"], now=clock.read()
            )
        except CampaignStateError as error:
            raise ProblemError(HTTPStatus.CONFLICT, "not_running", NOT_RUNNING) from error
        filing.refresh_from_db()
        return Response(self.Output(filing).data)
