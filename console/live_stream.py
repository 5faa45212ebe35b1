"""The live page as a stream of server-sent events: each block again whenever it has changed.

However many people watch, each picture is read and rendered once a second in a process, and
everybody gets every picture, in its order.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from compliance import clock
from console.pictures import Channels
from console.selectors.explained import reader_language
from console.selectors.live import campaigns, picture

BLOCKS = (
    "warning",
    "wire",
    "waterfall",
    "calls",
    "seats",
    "trunks",
    "abandonment",
    "objections",
    "beat",  # the last of each second
)
BEAT_SECONDS = 1.0
BEATS = 60  # then the browser connects again, and is asked again whether it may


@dataclass(frozen=True, slots=True)
class Watched:
    """What one viewer looks at."""

    campaign: str  # code; "": all of them
    language: str


def blocks_of(watched: Watched) -> dict[str, str]:
    """Render every block of the page.

    :raises LookupError: if there is no such campaign
    """
    with translation.override(watched.language):
        known = {campaign.filing.code: campaign for campaign in campaigns()}
        campaign = known[watched.campaign] if watched.campaign else None
        seen = picture(campaign=campaign, language=reader_language(), now=clock.read())
        return {
            name: render_to_string(f"console/live/{name}.html", {"live": seen}) for name in BLOCKS
        }


async def events(watched: Watched, *, after: str = "") -> AsyncIterator[bytes]:
    """Send what has changed, once a second.

    :param after: the last picture that a browser which connects again has had
    """
    sent: dict[str, str] = {}
    yield b"retry: 1000\n\n"
    async with aclosing(_channels.pictures(watched, after=after, most=BEATS)) as pictures:
        async for name, blocks in pictures:
            changed = {block: html for block, html in blocks.items() if sent.get(block) != html}
            sent |= changed
            for block, html in changed.items():
                yield event(block, html, name=name if block == BLOCKS[-1] else "")


def event(block: str, html: str, *, name: str = "") -> bytes:
    """Write one event; the name of its picture is what a browser asks to go on from."""
    lines = "".join(f"data: {line}\n" for line in html.strip().splitlines()) or "data: \n"
    named = f"id: {name}\n" if name else ""
    return f"event: {block}\n{named}{lines}\n".encode()


def _made(watched: Watched) -> dict[str, str]:
    try:
        return blocks_of(watched)
    finally:
        connection.close()  # this thread serves whoever comes next


_channels: Channels[Watched] = Channels(make=_made, beat_seconds=BEAT_SECONDS)
