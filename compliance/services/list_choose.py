"""Find the declared list that an import belongs to, or declare it now."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.imports.outcome import ImportRefusedError
from compliance.models import ContactList, Principal, User
from compliance.models.words import ListSource
from compliance.numbers import Words
from compliance.services.list_declare import list_declare

UNDECLARED = Words(
    "名单“{name}”尚未申报来源。请注明 --source（{sources}）、--collected-by 和 --notice。",
    "The source of the list “{name}” was never declared. Give --source (one of {sources}), "
    "--collected-by and --notice.",
)
DECLARED_OTHERWISE = Words(
    "名单“{name}”已按另一来源申报。请换一个名单名称，或去掉来源选项。",
    "The list “{name}” was declared with another source. Choose another name for the list, or "
    "leave out the options about its source.",
)
SEVERAL = Words(
    "有多个名单叫“{name}”。请改用其编号：{ids}。",
    "Several lists are called “{name}”. Use the number of one of them: {ids}.",
)
NO_SUCH_LIST = Words(
    "该委托主体没有编号为 {name} 的名单。", "The principal has no list with the number {name}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChoice:
    """A list by its name or number, and its source if it is still to be declared."""

    reference: str
    source: str = ""
    collected_by: str = ""
    notice_text: str = ""
    collected_on: date | None = None  # the day of its oldest row
    transfer_sha256: str = ""  # evidence of the separate consent to hand it on

    @property
    def declaration(self) -> dict[str, str]:
        """Return what is said about the source."""
        stated = {
            "source": self.source,
            "collected_by": self.collected_by,
            "notice_text": self.notice_text,
        }
        return {name: text.strip() for name, text in stated.items() if text.strip()}


def list_choose(
    *, choice: ListChoice, principal: Principal, by: User, now: datetime
) -> ContactList:
    """Return the principal's list; a new name is declared, which needs the lawful source.

    :raises ImportRefusedError: if the list does not exist and its source is not stated in full,
        if it was declared otherwise, or if it is unclear which one is meant
    """
    known = _known(choice, principal)
    if known is None:
        return _declare(choice, principal, by, now)
    if any(getattr(known, name) != text for name, text in choice.declaration.items()):
        raise ImportRefusedError(DECLARED_OTHERWISE.filled(name=known.name))
    return known


def _known(choice: ListChoice, principal: Principal) -> ContactList | None:
    own = ContactList.objects.filter(principal=principal)
    name = choice.reference.strip()
    if name.isascii() and name.isdecimal():
        numbered = own.filter(pk=int(name)).first()
        if numbered is None:
            raise ImportRefusedError(NO_SUCH_LIST.filled(name=name))
        return numbered
    named = list(own.filter(name=name).order_by("pk"))
    if len(named) > 1:
        ids = ", ".join(str(one.pk) for one in named)
        raise ImportRefusedError(SEVERAL.filled(name=name, ids=ids))
    return named[0] if named else None


def _declare(choice: ListChoice, principal: Principal, by: User, now: datetime) -> ContactList:
    stated = choice.declaration
    name = choice.reference.strip()
    if not name or len(stated) != len(("source", "collected_by", "notice_text")):
        raise ImportRefusedError(_undeclared(name))
    if stated["source"] not in ListSource.values:
        raise ImportRefusedError(_undeclared(name))
    return list_declare(
        name=name,
        principal=principal,
        source=stated["source"],
        collected_by=stated["collected_by"],
        notice_text=stated["notice_text"],
        collected_on=choice.collected_on,
        transfer_sha256=choice.transfer_sha256,
        declared_by=by,
        now=now,
    )


def _undeclared(name: str) -> Words:
    return UNDECLARED.filled(name=name, sources=", ".join(ListSource.values))
