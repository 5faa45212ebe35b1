"""Filters of the call centre's pages."""

from collections.abc import Iterable
from datetime import date

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance import clock
from compliance.editions import book_to_show
from compliance.numbers import Words
from console.selectors.explained import reader_language
from console.selectors.objections import title_of
from console.templatetags.either import either

register = template.Library()
SOON_DAYS = 30


@register.filter
def total(numbers: Iterable[int]) -> int:
    """Add them up."""
    return sum(numbers)


@register.inclusion_tag("console/call_centre/parts/day.html")
def last_day(day: date | None, today: date, *, stops: bool = True) -> dict[str, object]:
    """State a last good day and the days that are left; one that stops calls is told as that."""
    if not day:  # None, or nothing where a lookup ended
        return {}
    left = (day - today).days
    if left < 0:
        tone = "refuse"
        zh, en = (
            (f"已过 {-left} 天，停呼", f"over for {-left} d, calls stop")
            if stops
            else (f"已过 {-left} 天", f"over for {-left} d")
        )
    else:
        tone = "defer" if left < SOON_DAYS else "plain"
        zh, en = f"还有 {left} 天", f"{left} d left"
    return {"day": day, "tone": tone, "zh": zh, "en": en}


@register.filter
def in_words(said: Words) -> str:
    """Say a pair of sentences in the reader's language."""
    return either(said.zh, said.en)


@register.simple_tag
def rule_named(rule_id: str) -> SafeString:
    """Cite a rule: its title in the reader's language, and the page that tells everything."""
    url = reverse("console:rulebook_rule", kwargs={"rule_id": rule_id})
    title = title_of(rule_id, reader_language(), book=book_to_show(clock.read()))
    return format_html('<a class="cited" href="{}">{} <code>{}</code></a>', url, title, rule_id)
