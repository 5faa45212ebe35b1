"""The hour that a person asked for: it opens what custom closes, and never the night."""

from datetime import datetime

from compliance.rulebook.facts import CallFacts, ChosenTimeFacts


def chosen_now(facts: CallFacts) -> ChosenTimeFacts | None:
    """Return the person's wish that holds at the call's instant."""
    for wish in facts.chosen_times or ():
        if wish.from_at <= facts.at < wish.until_at:
            return wish
    return None


def asked_for_now(facts: CallFacts) -> bool:
    """Return whether the person asked to be called at this very time."""
    return chosen_now(facts) is not None


def sooner(until: datetime | None, facts: CallFacts) -> datetime | None:
    """Return the beginning of a wish that comes before `until`, or `until`."""
    starts = [wish.from_at for wish in facts.chosen_times or () if wish.from_at > facts.at]
    if until is not None:
        starts.append(until)
    return min(starts, default=None)
