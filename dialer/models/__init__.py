"""The records of dialling: campaigns, leads, live seats, attempts, trunks' endpoints."""

from dialer.models.attempt import Attempt
from dialer.models.campaign import Campaign
from dialer.models.desk_press import DeskPress
from dialer.models.edge_invite import EdgeInvite
from dialer.models.lead import Lead
from dialer.models.line_invite import LineInvite
from dialer.models.line_pause import LinePause
from dialer.models.preview import Preview
from dialer.models.prompt import Prompt
from dialer.models.recording import Recording
from dialer.models.seat_phone import SeatPhone, SeatRegistrar
from dialer.models.seat_session import SeatSession
from dialer.models.trunk_endpoint import TrunkEndpoint
from dialer.models.wrap_up import WrapUp

__all__ = [
    "Attempt",
    "Campaign",
    "DeskPress",
    "EdgeInvite",
    "Lead",
    "LineInvite",
    "LinePause",
    "Preview",
    "Prompt",
    "Recording",
    "SeatPhone",
    "SeatRegistrar",
    "SeatSession",
    "TrunkEndpoint",
    "WrapUp",
]
