"""`manage.py demo`: a sample call centre, dialled over real SIP on this machine."""

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from socket import SOCK_DGRAM
from typing import cast

from config.commands import NOTE, VAR
from config.demo.aside import Aside, Counted, Prepared
from config.demo.at_work import SampleAtWork
from config.demo.line_keys import line_keys
from config.demo.options import Options, parse
from config.demo.processes import Places, console_port, demo_processes, free_port
from config.demo.sealing import log_of_this_run
from config.forked import load_once
from config.sentences import both
from config.services import Servers, embedded_servers
from config.services.running import write_note
from config.supervisor import Supervisor

SETTINGS = (
    *("KEYS_DIR", "LINES_DIR", "RECORDINGS_DIR", "RECORDING_PLAYER", "CARRIER_RECORDS"),
    *("AUDIT_ORIGIN", "AUDIT_SIGNER_DIR", "AUDIT_PUBLISH_DIR", "AUDIT_SIGN_SECONDS"),
)


def main(arguments: list[str]) -> int:
    """Run the demo; return 0, or 1 if the wire and the permits disagree."""
    options = parse(arguments)
    folder = options.folder
    load_once()
    with embedded_servers(var=folder, instance="demo", environ=os.environ) as servers:
        os.environ.update(servers.environ(), DJANGO_SETTINGS_MODULE="config.settings")
        os.environ.setdefault("KEYS_DIR", str(folder / "keys"))
        os.environ["CARRIER_RECORDS"] = str(folder / "demo" / "carrier.csv")
        os.environ["LINES_DIR"] = str(folder / "demo" / "lines")
        os.environ["RECORDINGS_DIR"] = str(folder / "demo" / "recordings")
        os.environ["RECORDING_PLAYER"] = str(folder / "run" / "player")
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
            work = SampleAtWork(options=self.options, places=places, embedded=self._embedded)
            with contextlib.closing(Aside(work.run, say=say)) as aside:
                return self._see_through(supervisor, aside, places, say)

    def _see_through(
        self, supervisor: Supervisor, aside: Aside, places: Places, say: Callable[[str], None]
    ) -> int:
        """Follow the sample from its preparation to its end."""
        if not supervisor.run_until(lambda: aside.prepared() is not None):
            return 130
        sample = cast("Prepared", aside.prepared())
        say(sample.sentence)
        self._start_with(sample, places)
        supervisor.extend(
            demo_processes(
                places=places,
                environ=self.servers.environ(),
                role_urls=self.servers.role_urls,
                trunk=sample.trunk,
                line_ready=aside.line_up,
            )
        )
        if not supervisor.start():
            return 130
        _announce(sample, places, say)
        if not supervisor.run_until(lambda: aside.counted() is not None):
            return 0
        code = self._report(cast("Counted", aside.counted()), say)
        if not self.options.headless:
            say(both(zh="样例已拨完；按 Ctrl-C 结束。", en="The sample has ended; Ctrl-C stops."))
            supervisor.run_until(lambda: False)
        return code

    def _start_with(self, sample: Prepared, places: Places) -> None:
        """Let what is started from here on be the application's role, and others find it."""
        os.environ["DATABASE_URL"] = sample.database_url
        self.servers = replace(
            self.servers, database_url=sample.database_url, role_urls=sample.role_urls
        )
        line_keys(keys=Path(os.environ["KEYS_DIR"]), folder=places.line_keys)
        write_note(
            path=self.options.folder / NOTE.relative_to(VAR),
            servers=self.servers,
            settings=self._settings(),
        )

    @property
    def _embedded(self) -> bool:
        """Tell whether the database is a server of this demo's own."""
        return any(process.name == "database" for process in self.servers.processes)

    def _settings(self) -> dict[str, str]:
        """Return what a command run by hand has to know to work on this demo's records."""
        found = {name: os.environ[name] for name in SETTINGS}
        return found | ({"EMBEDDED_SERVERS": "1"} if self._embedded else {})

    def _places(self) -> Places:
        folder = self.options.folder / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        records = folder / "carrier.csv"
        phones = folder / "phones.csv"
        for kept in (records, phones):
            for old in (kept, kept.with_name(f"{kept.name}.events")):
                old.unlink(missing_ok=True)
        for name in ("lines", "recordings", "signer", "published"):  # of the database before
            shutil.rmtree(folder / name, ignore_errors=True)
        headless = self.options.headless
        return Places(
            carrier_port=free_port(kind=SOCK_DGRAM),
            carrier_records=records,
            carrier_script=folder / "carrier.json",
            phones_port=free_port(kind=SOCK_DGRAM),
            phones_records=phones,
            line_keys=folder / "line-keys",
            console_port=None if headless else console_port(wanted=self.options.port),
        )

    def _report(self, counted: Counted, say: Callable[[str], None]) -> int:
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


def _announce(sample: Prepared, places: Places, say: Callable[[str], None]) -> None:
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
                en=f"Open {url} as supervisor, compliance or owner, password {sample.password}",
            )
        )


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
