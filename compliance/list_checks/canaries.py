"""LST-10: the platform's own numbers, which only an illicit list can hold."""

from collections.abc import Callable
from typing import Any

from compliance.list_checks.stopped import ListStoppedError
from compliance.numbers import Words

# It does not say which row: whoever knew could take the canaries out and go on.
CAUGHT = Words(
    "名单含平台蜜罐号码，来源不合法。名单冻结，上传人和该委托主体的其他名单待核查。",
    "The list holds canary numbers of the platform: its source is illicit. It is frozen, and the "
    "other lists of the uploader and of the principal are held.",
)
_HITS = """
SELECT count(*) FROM {staged} s
  JOIN compliance_honeypot h ON h.number_index = s.number_index
"""


def refuse_canaries(ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    """Refuse the staged rows if a canary is among them.

    :param ask: runs a statement over `{staged}`, as `compliance.imports.staging.Staging.rows`
    :raises ListStoppedError: if there is one; the list is frozen
    """
    ((hits,),) = ask(_HITS)
    if hits:
        raise ListStoppedError(CAUGHT, cause="LST-10", state="frozen", facts={"canaries": hits})
