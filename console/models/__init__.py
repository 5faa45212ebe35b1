"""What the console keeps: approvals, long work, what people saw, second factors, log-ins."""

from console.models.approval import Approval, Vote
from console.models.campaign import CampaignCheck, CampaignDraft
from console.models.health import HealthMark, SelfCheck
from console.models.job import Job
from console.models.log_in import LogInSession
from console.models.replay_report import ReplayReport
from console.models.second_factor import SecondFactor
from console.models.seen_head import SeenHead
from console.models.trunk_check import TrunkCheck

__all__ = [
    "Approval",
    "CampaignCheck",
    "CampaignDraft",
    "HealthMark",
    "Job",
    "LogInSession",
    "ReplayReport",
    "SecondFactor",
    "SeenHead",
    "SelfCheck",
    "TrunkCheck",
    "Vote",
]
