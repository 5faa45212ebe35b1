"""Tags and filters of every page: the demo's clock, instants, counts, and words for codes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django import template
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from compliance import clock
from compliance.models import DemoClock, User
from console import words
from console.access import may
from console.navigation import GROUPS, Group
from console.second_factor import is_verified, verified_by_demo
from console.selectors.explained import reader_language
from console.selectors.frame.approvals import waiting_for
from console.selectors.objections import title_of

register = template.Library()
register.filter("may", may)  # {% if request.user|may:"proof" %}: no link leads to a refusal

IN_A_ROW = 3  # links
SOON_DAYS = 7

FORMS = {
    "full": "%Y-%m-%d %H:%M:%S",
    "minute": "%m-%d %H:%M",
    "time": "%H:%M:%S",
    "day": "%m-%d",
    "date": "%Y-%m-%d",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """A group of links, in the reader's language."""

    label: str
    links: list[dict[str, object]]


@register.inclusion_tag("console/demo_bar.html")
def demo_bar() -> dict[str, object]:
    """State the demo's clock, in both languages; nothing where the clock is the host's."""
    try:
        demo = DemoClock.objects.first()
    except DatabaseError:
        return {"unknown": True}
    if demo is None:
        return {}
    return {
        "demo": demo,
        "now": clock.shown_by(demo),
        "zh": _demo_words("zh-hans"),
        "en": _demo_words("en"),
    }


def _demo_words(language: str) -> tuple[str, str]:
    with translation.override(language):
        return _("Demo clock"), _("every call goes to the loopback carrier")


@register.simple_tag
def instant(at: datetime | None, form: str = "full") -> SafeString | str:
    """Write an instant in Beijing time; the exact one in UTC is in the element."""
    if at is None:
        return "—"
    exact = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    shown = timezone.localtime(at).strftime(FORMS[form])
    return format_html('<time datetime="{0}" title="{0}">{1}</time>', exact, shown)


@register.simple_tag(takes_context=True)
def page_groups(context: template.Context) -> dict[str, object]:
    """Return the pages that the reader may open, in groups, marking the one that is open.

    `many`: they are too many for a row, and stand at the side or behind a button.
    """
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User) or not is_verified(request):
        return {}
    match = getattr(request, "resolver_match", None)
    here = str(match.url_name if match else "")
    told = [group for group in (_told(one, user, here) for one in GROUPS) if group.links]
    return {"shown": told, "many": sum(len(group.links) for group in told) > IN_A_ROW}


def _told(group: Group, user: User, here: str) -> _Told:
    zh = reader_language() == "zh"
    links = [
        {
            "url": f"console:{link.name}",
            "label": link.zh if zh else link.en,
            "here": here == link.name or here.startswith(link.name.removesuffix("s") + "_"),
            "waiting": waiting_for(user).count() if link.name == "approvals" else 0,
        }
        for link in group.links
        if may(user, link.name)
    ]
    return _Told(label=group.zh if zh else group.en, links=links)


@register.simple_tag(takes_context=True)
def demo_session(context: template.Context) -> bool:
    """Return whether the reader came in by a demo's one press, without a second factor."""
    request: HttpRequest | None = context.get("request")
    return request is not None and hasattr(request, "session") and verified_by_demo(request)


@register.inclusion_tag("console/parts/clock.html")
def due_clock(at: datetime | None, now: datetime) -> dict[str, object]:
    """State a due date, how long it is until then, and how pressing that is."""
    if at is None:
        return {}
    left = at - now
    days, hours = left.days, left.seconds // 3600
    if left < timedelta(0):
        tone, zh, en = "refuse", "已逾期", "overdue"
    elif days >= 1:
        tone, zh, en = (
            "defer" if days < SOON_DAYS else "plain",
            f"还有 {days} 天",
            f"{days} d left",
        )
    else:
        tone, zh, en = "defer", f"还有 {hours} 小时", f"{hours} h left"
    return {"due": {"at": at, "tone": tone, "zh": zh, "en": en}}


@register.filter
def count(number: int | None) -> str:
    """Write a count with separators."""
    return "—" if number is None else f"{number:,}"


@register.filter
def duration(seconds: int) -> str:
    """Write seconds as minutes and seconds."""
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.filter
def titled(rule_id: str) -> str:
    """Return a rule's title in the page's language."""
    return title_of(rule_id, reader_language())


@register.filter
def verdict_word(code: str) -> words.Words:
    """Say a verdict."""
    return words.VERDICTS.get(code, code)


@register.filter
def origin_word(code: str) -> words.Words:
    """Say which path asked."""
    return words.ORIGINS.get(code, code)


@register.filter
def outcome_word(code: str) -> words.Words:
    """Say what the line heard."""
    return words.OUTCOMES.get(code, code)


@register.filter
def role_word(user: User) -> words.Words:
    """Say a person's role."""
    return words.ROLES.get(user.role, user.role)
