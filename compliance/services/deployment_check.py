"""Whether anything may start here: nothing does without a signed deployment pack."""

from datetime import datetime

from compliance.editions import book_at
from compliance.models import Operator
from compliance.numbers import Words
from compliance.rulebook.decision import ALLOW
from compliance.rulebook.rules.deployment import judge
from compliance.selectors.deployment_facts import deployment_facts

RULE = "CN13-GOV-09"
NOT_DEPLOYED = Words("线路进程未启动：{zh}", "The line process does not start: {en}")


class NotDeployedError(Exception):
    """The installation is not what a signed deployment pack says; it says so in both languages."""

    def __init__(self, words: Words) -> None:
        """Keep the sentence."""
        super().__init__(str(words))
        self.words = words


def deployment_check(*, now: datetime) -> None:
    """Accept an installation that CN13-GOV-09 accepts, by the rulebook in force.

    :raises NotDeployedError: if it does not
    :raises PackError: if the edition in force cannot be used
    """
    operator = Operator.objects.first()
    bound = book_at(now).rule(RULE)
    assert bound is not None  # noqa: S101 - the shipped pack lists it
    regime = None if operator is None else operator.regime
    answer = judge(deployment_facts(operator), regime=regime, may_rent=bound.params)
    if answer is ALLOW:
        return
    reason = bound.reason(answer.reason)
    assert reason is not None  # noqa: S101 - a rule gives no other reason
    values = dict(answer.values)
    said = NOT_DEPLOYED.filled(
        zh=reason.sentence(language="zh", values=values),
        en=reason.sentence(language="en", values=values),
    )
    raise NotDeployedError(said)
