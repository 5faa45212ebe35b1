"""Kamailio as a proxy that stays in the way, asks for credentials, and registers phones."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from string import Template

from tests.sip.peers import until
from tests.sip.sipp.process import free_port, listens

HOST = "127.0.0.2"
PASSWORD = "password"
STRICT_CALLEE = "+8613900000000"  # rings the phone that is registered as "strict"
WAYS = ("open", "www", "www_qop", "proxy", "proxy_qop")  # one port each

CONFIG = Template("""\
#!KAMAILIO
debug=1
log_stderror=yes
children=2
disable_tcp=yes
auto_aliases=no
enable_sctp=no
$listen

loadmodule "kex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("auth", "algorithm", "$algorithm")
modparam("registrar", "min_expires", 100)
modparam("registrar", "max_expires", 120)
modparam("tm", "fr_timer", 8000)

request_route {
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    if (has_totag()) {
        if (loose_route()) { t_relay(); exit; }
        if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
        sl_send_reply("404", "Not Here");  # a request without the route is nobody's
        exit;
    }
    t_check_trans();
    if (is_method("OPTIONS")) { sl_send_reply("200", "Here"); exit; }
    if (is_method("REGISTER")) {
        if (!pv_www_authenticate("test", "$password", "0")) { www_challenge("test", "1"); exit; }
        save("location");
        exit;
    }
    if (!is_method("INVITE")) { sl_send_reply("405", "Not Allowed"); exit; }
    if ($$Rp == $www || $$Rp == $www_qop) {
        if (!pv_www_authenticate("test", "$password", "0")) {
            if ($$Rp == $www) www_challenge("test", "0"); else www_challenge("test", "1");
            exit;
        }
        consume_credentials();
    }
    if ($$Rp == $proxy || $$Rp == $proxy_qop) {
        if (!pv_proxy_authenticate("test", "$password", "0")) {
            if ($$Rp == $proxy) proxy_challenge("test", "0"); else proxy_challenge("test", "1");
            exit;
        }
        consume_credentials();
    }
    record_route();
    if ($$rU =~ "^[+]" && $$rU != "$strict") {
        $$du = "sip:$carrier";
    } else {
        if ($$rU == "$strict") $$rU = "strict";
        if (!lookup("location")) { sl_send_reply("404", "Nobody There"); exit; }
    }
    if (!t_relay()) sl_reply_error();
}
""")


class ProxyProcess:
    """Kamailio with its children: they go on answering when only the first of them is killed."""

    process: "subprocess.Popen[bytes]"

    def run(self, command: list[str], *, said: Path) -> None:
        with said.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        self.kill()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)
        until(lambda: not self.is_bound())

    def is_bound(self) -> bool:
        raise NotImplementedError


class Kamailio(ProxyProcess):
    """One proxy in its own processes; numbers go to the carrier behind it, names to phones."""

    def __init__(
        self, folder: Path, *, carrier: tuple[str, int] = (HOST, 9), algorithm: str = "MD5"
    ) -> None:
        self.folder, self.host = folder, HOST
        self.ports = {way: free_port(HOST) for way in WAYS}
        text = CONFIG.substitute(
            {way: str(port) for way, port in self.ports.items()},
            listen="\n".join(f"listen=udp:{HOST}:{port}" for port in self.ports.values()),
            algorithm=algorithm,
            password=PASSWORD,
            strict=STRICT_CALLEE,
            carrier=f"{carrier[0]}:{carrier[1]}",
        )
        (folder / "kamailio.cfg").write_text(text, encoding="utf-8")
        self.start()

    def start(self) -> None:
        kamailio = shutil.which("kamailio") or "/usr/sbin/kamailio"
        assert Path(kamailio).exists(), "apt install kamailio"
        command = [kamailio, "-f", str(self.folder / "kamailio.cfg"), "-w", str(self.folder)]
        command += ["-Y", str(self.folder), "-m", "32", "-M", "4", "-DD", "-E"]
        self.run(command, said=self.folder / "said.txt")
        until(lambda: all(map(listens, self.ports.values())) or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return (self.folder / "said.txt").read_text(errors="replace")[:4000]

    def is_bound(self) -> bool:
        return any(listens(port, host=HOST) for port in self.ports.values())
