"""What the console itself keeps: what waits for a second person, long work, what people saw."""

from console.models.approval import Approval, Vote
from console.models.campaign import CampaignCheck, CampaignDraft
from console.models.job import Job
from console.models.replay_report import ReplayReport
from console.models.seen_head import SeenHead

__all__ = [
    "Approval",
    "CampaignCheck",
    "CampaignDraft",
    "Job",
    "ReplayReport",
    "SeenHead",
    "Vote",
]
