"""A list, or the import of one, that may not go on."""

from compliance.imports.outcome import ImportRefusedError
from compliance.models import ContactList
from compliance.numbers import Words

STOPPED = Words(
    "名单“{name}”已停用（{state}，依据 {cause}），不能再导入。",
    "The list “{name}” is stopped ({state}, by {cause}) and takes no more rows.",
)


class ListStoppedError(ImportRefusedError):
    """The import shows that the list may not be used at all."""

    def __init__(
        self, words: Words, *, cause: str, state: str, facts: dict[str, int] | None = None
    ) -> None:
        """Keep by which rule, what becomes of the list, and the counts for the record."""
        super().__init__(words)
        self.cause = cause  # LST-02 …
        self.state = state  # held, frozen
        self.facts = facts or {}


def refuse_stopped(contact_list: ContactList) -> None:
    """Refuse an import into a list that is held, frozen or retired.

    :raises ImportRefusedError: if it is
    """
    if contact_list.state != ContactList.State.OPEN:
        words = STOPPED.filled(
            name=contact_list.name,
            state=contact_list.state,
            cause=contact_list.cause or "LST-11",
        )
        raise ImportRefusedError(words)
