"""What the console itself keeps: what waits for a second person, and long work."""

from console.models.approval import Approval, Vote
from console.models.campaign import CampaignCheck, CampaignDraft
from console.models.job import Job

__all__ = ["Approval", "CampaignCheck", "CampaignDraft", "Job", "Vote"]
