"""In a demo at home no gateway sends codes: the page itself shows the one that it asked for."""

from dataclasses import dataclass

from django.http import HttpRequest

from compliance.code_senders import configured_sender
from compliance.code_senders.base import CodeSender
from console.demo_accounts import is_demo_at_home


@dataclass(slots=True)
class ShownCode:
    """Keeps the code for the page that asked for it."""

    code: str = ""

    def send(self, *, number: str, code: str, minutes: int) -> None:
        """Keep it."""
        del number, minutes
        self.code = code


def sender_for(request: HttpRequest) -> CodeSender:
    """Return the deployment's sender; the one that shows only on a demo clock, at this machine."""
    return ShownCode() if is_demo_at_home(request) else configured_sender()
