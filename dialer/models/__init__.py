"""The records of dialling: campaigns, leads, live seats, attempts, trunks' endpoints."""

from dialer.models.attempt import Attempt
from dialer.models.campaign import Campaign
from dialer.models.lead import Lead
from dialer.models.line_invite import LineInvite
from dialer.models.seat_session import SeatSession
from dialer.models.trunk_endpoint import TrunkEndpoint
from dialer.models.wrap_up import WrapUp

__all__ = [
    "Attempt",
    "Campaign",
    "Lead",
    "LineInvite",
    "SeatSession",
    "TrunkEndpoint",
    "WrapUp",
]
