"""The live page as a stream of server-sent events: each block again whenever it has changed.

However many people watch, each picture is read and rendered once a second in a process.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation

from compliance import clock
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


async def events(watched: Watched) -> AsyncIterator[bytes]:
    """Send what has changed, once a second."""
    sent: dict[str, str] = {}
    yield b"retry: 1000\n\n"
    for _ in range(BEATS):
        blocks = await _latest(watched)
        changed = {name: html for name, html in blocks.items() if sent.get(name) != html}
        sent |= changed
        for name, html in changed.items():
            yield event(name, html)
        await asyncio.sleep(BEAT_SECONDS)


def event(name: str, html: str) -> bytes:
    """Write one event."""
    lines = "".join(f"data: {line}\n" for line in html.strip().splitlines()) or "data: \n"
    return f"event: {name}\n{lines}\n".encode()


class _Pictures:
    """The last rendering of each thing that somebody watches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[Watched, tuple[float, Mapping[str, str]]] = {}

    def fresh(self, watched: Watched) -> Mapping[str, str] | None:
        made = self._made.get(watched)
        young = made is not None and time.monotonic() - made[0] < BEAT_SECONDS * 0.9
        return made[1] if made and young else None

    def make(self, watched: Watched) -> Mapping[str, str]:
        with self._lock:  # the others wait for the one that renders, and take what it made
            blocks = self.fresh(watched)
            if blocks is None:
                try:
                    blocks = blocks_of(watched)
                finally:
                    connection.close()  # this thread serves whoever comes next
                self._made = {
                    key: made
                    for key, made in self._made.items()
                    if time.monotonic() - made[0] < BEATS
                }
                self._made[watched] = (time.monotonic(), blocks)
            return blocks


_pictures = _Pictures()
_make = sync_to_async(_pictures.make, thread_sensitive=False)


async def _latest(watched: Watched) -> Mapping[str, str]:
    return _pictures.fresh(watched) or await _make(watched)
