"""What has to be known of a call to end it after the process that placed it is gone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDialog:
    """One call on the wire, as our side of it stood when this was written down."""

    call_id: str
    permit_id: str  # "" for a seat's own leg
    local: str  # host:port, as in the INVITE's Via
    from_header: str  # with our tag
    to_header: str  # as we sent it, without a tag
    request_uri: str  # of the INVITE
    cseq: int
    branch: str  # of the newest INVITE
    remote_tag: str  # "" while nobody has answered
    target: str
    routes: tuple[str, ...]
    peer: tuple[str, int] | None  # the carrier's address that the INVITE went to

    @property
    def answered(self) -> bool:
        """Whether somebody had picked up."""
        return self.remote_tag != ""


How = Literal["BYE", "CANCEL"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanEnded:
    """What became of a call that a former process left behind."""

    dialog: OpenDialog
    how: How
    code: int | None  # the carrier's answer; None: it never gave one


OrphanHeard = Callable[[OrphanEnded], object]


class DialogKeeper(Protocol):
    """Keeps what calls are up; called on the line's own thread, so it must not wait or raise."""

    def opened(self, dialog: OpenDialog) -> None:
        """Keep a call that is about to leave, or one that has changed."""

    def closed(self, call_id: str) -> None:
        """Forget a call that is over."""


class KeepsNothing:
    """For a line whose calls nobody else would end."""

    def opened(self, dialog: OpenDialog) -> None:
        """Keep nothing."""

    def closed(self, call_id: str) -> None:
        """Forget nothing."""
