"""The sample's beginning and end: it is made, waits for its line, and is watched until it ends."""

import os
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import redis

from config.demo.aside import Counted, LineUp, Prepared, Said, Tell
from config.demo.options import Options
from config.demo.people import sample_leads
from config.demo.processes import Places
from config.demo.sealing import Sealed
from config.sentences import both

LOOK_SECONDS = 0.5
LINE_LOOK_SECONDS = 0.05
WORD_SECONDS = 5.0
QUIET_LOOKS = 4  # nothing due, nothing up, this many looks in a row: the sample has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAtWork:
    """What one run of the demo does with its database."""

    options: Options
    places: Places
    embedded: bool  # the database is the demo's own server

    def run(self, tell: Tell) -> None:
        """Tell what was prepared, when its line is up, how far it is, and what came of it."""
        prepared = self._prepare()
        tell(prepared)
        while not _line_is_up(prepared.trunk):
            time.sleep(LINE_LOOK_SECONDS)
        tell(LineUp())
        tell(_watch(tell, carrier_records=self.places.carrier_records))

    def _prepare(self) -> Prepared:
        """Make an empty database of our tables and put the sample into it."""
        from config.demo.database import start_afresh  # noqa: PLC0415 - needs the server

        began = time.monotonic()
        role_urls = start_afresh(embedded=self.embedded)
        # From here on nobody is the server's superuser, this process included.
        from config.demo.sample import sample_make  # noqa: PLC0415 - needs Django set up

        leads = sample_leads(count=self.options.leads, seed=self.options.seed)
        sample = sample_make(
            leads=leads,
            seats=self.options.seats,
            carrier_port=self.places.carrier_port,
            phones_port=self.places.phones_port,
            folder=self.places.carrier_script.parent,
        )
        seconds = time.monotonic() - began
        return Prepared(
            trunk=sample.trunk,
            password=sample.password,
            database_url=os.environ["DATABASE_URL"],
            role_urls=role_urls,
            refused_campaign=sample.refused_campaign,
            refused_by=sample.refused_by,
            sentence=both(
                zh=f"样例已备好：导入 {sample.read.leads} 人（另拒收 {sample.read.rejected} 行）、"
                f"同意 {sample.read.consents} 份、3 个外呼任务、{self.options.seats} 个坐席",
                en=f"The sample is ready: {sample.read.leads} leads imported "
                f"({sample.read.rejected} rows refused), {sample.read.consents} consents, "
                f"3 campaigns, {self.options.seats} seats ({seconds:.1f} s)",
            ),
        )


def _line_is_up(trunk: str) -> bool:
    from dialer.streams import heartbeat_of  # noqa: PLC0415 - needs Django set up

    try:
        heartbeat = heartbeat_of(trunk)
    except redis.RedisError:
        return False
    return heartbeat is not None and heartbeat.up


def _watch(tell: Tell, *, carrier_records: Path) -> Counted:
    """Look until nothing is due, waiting or up for a while and all is sealed; count it.

    The database may be away at any look.
    """
    from config.demo.progress import look, unless_away  # noqa: PLC0415 - needs Django set up

    quiet, next_word, sealed = 0, 0.0, Sealed()
    while True:
        progress = unless_away(look)
        if progress is not None:
            quiet = quiet + 1 if progress.idle else 0
            if time.monotonic() >= next_word:
                next_word = time.monotonic() + WORD_SECONDS
                tell(Said(sentence=progress.sentence))
            if quiet >= QUIET_LOOKS and sealed.by_now():
                found = _count(carrier_records)
                if found is not None:
                    return found
        time.sleep(LOOK_SECONDS)


def _count(carrier_records: Path) -> Counted | None:
    from config.demo.progress import unless_away  # noqa: PLC0415 - needs Django set up
    from config.demo.sample import OPENING  # noqa: PLC0415 - needs Django set up
    from config.demo.tally import tally  # noqa: PLC0415 - needs Django set up

    found = unless_away(partial(tally, since=OPENING, carrier_records=carrier_records))
    return Counted(figures=found.figures, agrees=found.agrees) if found is not None else None
