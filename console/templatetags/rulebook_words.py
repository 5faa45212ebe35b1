"""Words of the rulebook's pages."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from console.templatetags.either import either

register = template.Library()

STATES = {
    "in_force": ("allow", "现行", "in force"),
    "shipped": ("plain", "随软件发布", "shipped"),
    "proposed": ("defer", "待批准", "waits for approval"),
    "lapsed": ("plain", "过期未批", "lapsed"),
    "to_come": ("defer", "已批准，待生效", "approved, to come"),
    "past": ("plain", "已被取代", "superseded"),
}


@register.simple_tag
def edition_badge(state: str) -> SafeString:
    """Say where an edition stands."""
    look, zh, en = STATES[state]
    return format_html('<span class="badge is-{}">{}</span>', look, either(zh, en))


@register.simple_tag
def reader_half(text: str) -> str:
    """Return the reader's half of "中文 / English"; one text for both has no halves."""
    return either(text.partition(" / ")[0], text.rpartition(" / ")[2])
