"""What a kind of approval has to say: who decides, what they see, and which service does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from compliance.models import User

DECIDERS = frozenset({str(User.Role.COMPLIANCE), str(User.Role.ADMINISTRATOR)})


class CannotCarryOutError(Exception):
    """The service refuses what people approved; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        """Keep both sentences."""
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked for: an opaque id, what goes with it, and who asks."""

    id: str
    asked: Mapping[str, object]
    proposer: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What whoever decides has to see: rows of (中文, English, value), and the page about it."""

    rows: Sequence[tuple[str, str, object]] = ()
    url: str = ""  # path of the page that tells everything
    more: Mapping[str, object] = field(default_factory=dict)  # for a template of the kind's own


class Kind:
    """One kind; a subclass holds no rule, it calls services."""

    code: ClassVar[str]
    zh: ClassVar[str]
    en: ClassVar[str]
    roles: ClassVar[frozenset[str]] = DECIDERS  # who may decide
    proposers: ClassVar[frozenset[str]]  # who may ask
    people: ClassVar[int] = 1  # how many have to approve
    template: ClassVar[str] = "console/frame/approval_rows.html"

    def shown(self, subject: Subject) -> Shown:
        """Return what whoever decides sees.

        :raises ObjectDoesNotExist: if the subject is not there (any more)
        """
        raise NotImplementedError

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Do what one person has approved; with `people` above 1, once for each of them.

        :raises CannotCarryOutError: if the service refuses
        """
        raise NotImplementedError

    def reject(self, subject: Subject, by: User, reason: str, now: datetime) -> None:
        """Tell the domain that it was turned down, where that is a record of its own."""
