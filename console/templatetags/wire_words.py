"""Words for those who count calls."""

from django import template

from console.templatetags.either import either

register = template.Library()

SIDES = {
    "permits": ("许可", "permits"),
    "line": ("线路", "line"),
    "carrier_cdr": ("运营商话单", "carrier's records"),
    "edge": ("边界", "edge"),
    "capture": ("抓包", "capture"),
}


@register.filter
def side_word(name: str) -> str:
    """Say who counted."""
    return either(*SIDES.get(name, (name, name)))
