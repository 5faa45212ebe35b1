"""Calls that were stopped may go on. Subject: the switch's key; the reason goes with it."""

from datetime import datetime

from compliance.models import KillSwitch, User
from compliance.services.kill_switch import (
    ASKERS,
    RELEASERS,
    NotAReleaserError,
    NotTwoPeopleError,
    SwitchNotEngagedError,
    kill_switch_release,
)
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject
from console.selectors.administration.stops import whom_of
from console.templatetags.either import either


class StopRelease(Kind):
    """Wraps `kill_switch_release`, which takes two people itself."""

    code, zh, en = "kill_switch", "解除停呼", "Let calls go on"
    roles = frozenset(map(str, RELEASERS))
    proposers = frozenset(map(str, ASKERS))

    def shown(self, subject: Subject) -> Shown:
        """Return the stop, and why it may end."""
        switch = _switch(subject)
        (whom,) = whom_of([switch], now=switch.engaged_at)
        return Shown(
            rows=(
                ("停呼范围", "Stopped", either(whom.zh, whom.en)),
                ("停呼时间", "Since", switch.engaged_at),
                ("停呼原因", "Stopped because", switch.reason),
                ("解除原因", "Released because", str(subject.asked.get("reason", ""))),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Release it."""
        try:
            kill_switch_release(switch=_switch(subject), asked_by=subject.proposer, by=by, now=now)
        except SwitchNotEngagedError as error:
            raise CannotCarryOutError(
                "该停呼此前已解除。", "This stop was released already."
            ) from error
        except (NotAReleaserError, NotTwoPeopleError) as error:
            raise CannotCarryOutError(error.words.zh, error.words.en) from error


def _switch(subject: Subject) -> KillSwitch:
    return KillSwitch.objects.get(pk=int(subject.id))
