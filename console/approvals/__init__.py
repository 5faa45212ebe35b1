"""What needs a second person: proposed by one, decided by another, carried out by its service.

`propose` opens one; the pages `approvals` and `approval` do the rest. What kinds there are stands
in `console.approvals.kinds`.
"""

from console.approvals.flow import propose, propose_once
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject

__all__ = ["CannotCarryOutError", "Kind", "Shown", "Subject", "propose", "propose_once"]
