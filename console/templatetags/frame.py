"""Tags and filters of every page: the demo's clock, instants, counts, and words for codes."""

from datetime import UTC, datetime

from django import template
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from compliance import clock
from compliance.models import DemoClock, User
from console import words
from console.access import may
from console.selectors.explained import reader_language
from console.selectors.objections import title_of

register = template.Library()

FORMS = {"full": "%Y-%m-%d %H:%M:%S", "minute": "%m-%d %H:%M", "time": "%H:%M:%S", "day": "%m-%d"}
PAGES = (
    ("live", gettext_noop("Live")),
    ("seat", gettext_noop("My seat")),
    ("decisions", gettext_noop("Decisions")),
)


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
        "now": clock.read(),
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
def pages(context: template.Context) -> list[dict[str, object]]:
    """Return the pages of the reader's role, marking the one that is open."""
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    match = getattr(request, "resolver_match", None)
    here = match.url_name if match else ""
    return [
        {"url": f"console:{name}", "label": _(label), "here": str(here).startswith(name[:7])}
        for name, label in PAGES
        if user is not None and may(user, name)
    ]


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
