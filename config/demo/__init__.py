"""`manage.py demo`: a sample call centre, dialled over real SIP on this machine."""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from socket import SOCK_DGRAM
from typing import TYPE_CHECKING

from config.commands import NOTE, VAR
from config.demo.options import Options, parse
from config.demo.people import sample_leads
from config.demo.processes import Places, console_port, demo_processes, free_port
from config.demo.sealing import Sealed, log_of_this_run
from config.sentences import both
from config.services import Servers, embedded_servers
from config.services.running import write_note
from config.supervisor import Supervisor

if TYPE_CHECKING:
    from config.demo.sample import Sample
    from config.demo.tally import Tally

SETTINGS = (
    *("KEYS_DIR", "LINES_DIR", "CARRIER_RECORDS"),
    *("AUDIT_ORIGIN", "AUDIT_SIGNER_DIR", "AUDIT_PUBLISH_DIR", "AUDIT_SIGN_SECONDS"),
)
LOOK_SECONDS = 0.5
QUIET_LOOKS = 4  # nothing due, nothing up, this many looks in a row: the sample has ended


def main(arguments: list[str]) -> int:
    """Run the demo; return 0, or 1 if the wire and the permits disagree."""
    options = parse(arguments)
    folder = options.folder
    with embedded_servers(var=folder, instance="demo", environ=os.environ) as servers:
        os.environ.update(servers.environ(), DJANGO_SETTINGS_MODULE="config.settings")
        os.environ.setdefault("KEYS_DIR", str(folder / "keys"))
        os.environ["CARRIER_RECORDS"] = str(folder / "demo" / "carrier.csv")
        os.environ["LINES_DIR"] = str(folder / "demo" / "lines")
        os.environ.update(log_of_this_run(folder / "demo"))
        return _Demo(options=options, servers=servers).run()


@dataclass
class _Demo:
    options: Options
    servers: Servers

    def run(self) -> int:
        """Start everything in order, follow the sample to its end, count."""
        say = _speaker(to_stderr=self.options.json)
        places = self._places()
        supervisor = Supervisor(
            processes=self.servers.processes,
            say=say,
            log_dir=self.options.folder / "log",
            pid_dir=self.options.folder / "run",
        )
        with supervisor:
            if not supervisor.start():
                return 130
            sample = self._prepare(places, say)
            write_note(
                path=self.options.folder / NOTE.relative_to(VAR),
                servers=self.servers,
                settings=self._settings(),
            )
            supervisor.extend(
                demo_processes(
                    places=places,
                    environ=self.servers.environ(),
                    role_urls=self.servers.role_urls,
                    trunk=sample.trunk,
                    line_ready=_line_ready(sample.trunk),
                )
            )
            if not supervisor.start():
                return 130
            self._announce(sample, places, say)
            watch = _Watch(say=say, carrier_records=places.carrier_records)
            if not supervisor.run_until(watch.ended):
                return 0
            code = self._report(watch.counted, say)
            if not self.options.headless:
                say(
                    both(
                        zh="样例已拨完；按 Ctrl-C 结束。", en="The sample has ended; Ctrl-C stops."
                    )
                )
                supervisor.run_until(lambda: False)
            return code

    def _settings(self) -> dict[str, str]:
        """Return what a command run by hand has to know to work on this demo's records."""
        found = {name: os.environ[name] for name in SETTINGS}
        embedded = any(process.name == "database" for process in self.servers.processes)
        return found | ({"EMBEDDED_SERVERS": "1"} if embedded else {})

    def _places(self) -> Places:
        folder = self.options.folder / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        records = folder / "carrier.csv"
        for old in (records, folder / "carrier.csv.events"):
            old.unlink(missing_ok=True)
        for name in ("lines", "signer", "published"):  # of the database before
            shutil.rmtree(folder / name, ignore_errors=True)
        headless = self.options.headless
        return Places(
            carrier_port=free_port(kind=SOCK_DGRAM),
            carrier_records=records,
            carrier_script=folder / "carrier.json",
            console_port=None if headless else console_port(wanted=self.options.port),
        )

    def _prepare(self, places: Places, say: Callable[[str], None]) -> "Sample":
        """Make an empty database of our tables and put the sample into it."""
        from config.demo.database import start_afresh  # noqa: PLC0415 - needs the server

        began = time.monotonic()
        embedded = any(process.name == "database" for process in self.servers.processes)
        role_urls = start_afresh(embedded=embedded)
        # From here on nobody is the server's superuser, this process included.
        self.servers = replace(
            self.servers, database_url=os.environ["DATABASE_URL"], role_urls=role_urls
        )
        from config.demo.sample import sample_make  # noqa: PLC0415 - needs Django set up

        leads = sample_leads(count=self.options.leads, seed=self.options.seed)
        sample = sample_make(
            leads=leads,
            seats=self.options.seats,
            carrier_port=places.carrier_port,
            folder=places.carrier_script.parent,
        )
        seconds = time.monotonic() - began
        say(
            both(
                zh=f"样例已备好：导入 {sample.read.leads} 人（另拒收 {sample.read.rejected} 行）、"
                f"同意 {sample.read.consents} 份、3 个外呼任务、{self.options.seats} 个坐席",
                en=f"The sample is ready: {sample.read.leads} leads imported "
                f"({sample.read.rejected} rows refused), {sample.read.consents} consents, "
                f"3 campaigns, {self.options.seats} seats ({seconds:.1f} s)",
            )
        )
        return sample

    def _announce(self, sample: "Sample", places: Places, say: Callable[[str], None]) -> None:
        rules = ", ".join(sample.refused_by)
        say(
            both(
                zh=f"营销任务“{sample.refused_campaign}”登记时即被拒绝：{rules}",
                en=f"The marketing campaign was refused at registration: {rules}",
            )
        )
        if places.console_port is not None:
            url = f"http://127.0.0.1:{places.console_port}/"
            say(
                both(
                    zh=f"请打开 {url}  账号 supervisor、compliance、owner，密码 {sample.password}",
                    en=f"Open {url} as supervisor, compliance or owner, "
                    f"password {sample.password}",
                )
            )

    def _report(self, counted: "Tally", say: Callable[[str], None]) -> int:
        say(_summary(counted.figures))
        if not counted.agrees:
            say(
                both(
                    zh="许可、INVITE 与运营商计数不一致，或拒绝后仍有呼叫，或审计核验未通过。",
                    en="Permits, INVITEs and the carrier's count disagree, "
                    "or somebody was called after refusing, or the trail does not verify.",
                )
            )
        if self.options.json:
            sys.stdout.write(json.dumps(counted.figures, ensure_ascii=False) + "\n")
        return 0 if counted.agrees else 1


class _Watch:
    """Looks whether the sample has ended and is sealed, says how far it is, and counts it.

    The database may be away at any look, and comes back only while the supervisor is at work.
    """

    counted: "Tally"

    def __init__(self, *, say: Callable[[str], None], carrier_records: Path) -> None:
        self._say = say
        self._carrier_records = carrier_records
        self._next_look = 0.0
        self._next_word = 0.0
        self._quiet = 0
        self._sealed = Sealed()

    def ended(self) -> bool:
        """Return True once nothing is due, waiting or up for a while, and all is counted."""
        from config.demo.progress import look, unless_away  # noqa: PLC0415 - needs Django set up

        if time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + LOOK_SECONDS
        progress = unless_away(look)
        if progress is None:
            return False
        self._quiet = self._quiet + 1 if progress.idle else 0
        if time.monotonic() >= self._next_word:
            self._next_word = time.monotonic() + 5
            self._say(progress.sentence)
        return self._quiet >= QUIET_LOOKS and self._sealed.by_now() and self._count()

    def _count(self) -> bool:
        from config.demo.progress import unless_away  # noqa: PLC0415 - needs Django set up
        from config.demo.sample import OPENING  # noqa: PLC0415 - needs Django set up
        from config.demo.tally import tally  # noqa: PLC0415 - needs Django set up

        found = unless_away(partial(tally, since=OPENING, carrier_records=self._carrier_records))
        if found is None:
            return False
        self.counted = found
        return True


def _line_ready(trunk: str) -> Callable[[], bool]:
    def ready() -> bool:
        import redis  # noqa: PLC0415 - needs the environment

        from dialer.streams import heartbeat_of  # noqa: PLC0415 - needs Django set up

        try:
            heartbeat = heartbeat_of(trunk)
        except redis.RedisError:
            return False
        return heartbeat is not None and heartbeat.up

    return ready


def _speaker(*, to_stderr: bool) -> Callable[[str], None]:
    stream = sys.stderr if to_stderr else sys.stdout

    def say(sentence: str) -> None:
        stream.write(sentence + "\n")
        stream.flush()

    return say


def _summary(figures: dict[str, object]) -> str:
    f = figures
    return both(
        zh=f"决定 {f['decisions']}：许可 {f['permits_issued']}，拦截 {f['permits_refused']}，"
        f"暂缓 {f['permits_deferred']}；已用许可 {f['permits_redeemed']} = 发出 INVITE "
        f"{f['invites_sent']} = 运营商所见 {f['invites_seen_by_carrier']}",
        en=f"{f['decisions']} decisions: {f['permits_issued']} permits, "
        f"{f['permits_refused']} refused, {f['permits_deferred']} deferred; permits redeemed "
        f"{f['permits_redeemed']} = INVITEs {f['invites_sent']} = seen by the carrier "
        f"{f['invites_seen_by_carrier']}",
    )
