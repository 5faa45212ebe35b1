"""deploy/registrar on a real Kamailio, with phones of the test's."""

import hashlib
import shutil
from pathlib import Path

from tests.sip.kamailio import PASSWORD, ProxyProcess
from tests.sip.peers import HOST, ROOT, until
from tests.sip.sipp.process import free_port, listens

PHONE, REALM = "seat-one", "yunhu"
PHONES = (PHONE, "seat-two", "seat-three", "seat-four", "seat-five", "seat-six")
FILES = ROOT / "deploy" / "registrar"


class Registrar(ProxyProcess):
    """The files as they are, with a port and phones of the test's, and perhaps a line left out."""

    def __init__(self, folder: Path, *, without: str = "") -> None:
        self.port = free_port(HOST)
        text = (FILES / "kamailio.cfg").read_text(encoding="utf-8")
        assert without in text
        text = text.replace(without, "") if without else text
        text = text.replace("udp:127.0.0.1:5070", f"udp:{HOST}:{self.port}")
        (folder / "kamailio.cfg").write_text(text)
        phones = (FILES / "phones.cfg").read_text(encoding="utf-8")
        lines = [f'$sht(phones=>{name}) = "{hashed(name)}";' for name in PHONES]
        (folder / "phones.cfg").write_text("\n".join([phones, *lines, ""]))
        kamailio = shutil.which("kamailio") or "/usr/sbin/kamailio"
        command = [kamailio, "-f", str(folder / "kamailio.cfg"), "-w", str(folder)]
        command += ["-Y", str(folder), "-m", "32", "-M", "4", "-DD", "-E"]
        self.run(command, said=folder / "said.txt")
        until(lambda: self.is_bound() or self.process.poll() is not None)
        assert self.process.poll() is None, (folder / "said.txt").read_text(errors="replace")[
            :4000
        ]

    def is_bound(self) -> bool:
        return listens(self.port)


def hashed(name: str) -> str:
    text = f"{name}:{REALM}:{PASSWORD}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
