"""How a one-time code reaches a phone: what a deployment configures, and nothing by default."""

from django.conf import settings

from compliance.code_senders.base import CodeSender, NoSender
from compliance.code_senders.command import CommandSender
from compliance.code_senders.gateway import GatewaySender


def configured_sender() -> CodeSender:
    """Return the sender of this deployment; without one no code goes out."""
    how: str = settings.CODE_SENDER
    if how.startswith("command:"):
        return CommandSender(program=how.removeprefix("command:"))
    if how:
        return GatewaySender(url=how, token=settings.CODE_SENDER_TOKEN)
    return NoSender()
