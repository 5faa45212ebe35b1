"""baresip as a phone that somebody else wrote: it registers, picks up, and follows the RFCs."""

import math
import shutil
import subprocess
import wave
from array import array
from pathlib import Path

from tests.sip.kamailio import PASSWORD
from tests.sip.peers import until
from tests.sip.sipp.process import free_port

HOST = "127.0.0.1"  # it sends audio from any address of the machine: of loopback, this one
MODULES = Path("/usr/lib/baresip/modules")
CONFIG = """\
sip_listen {host}:{port}
call_local_timeout 120
call_max_calls 100
net_interface {host}
audio_player aufile,{folder}/heard.wav
audio_source aufile,{folder}/said.wav
audio_alert aufile,{folder}/alert.wav
rtp_ports 30000-31000
module_path {modules}
module g711.so
module aufile.so
module_app account.so
module_app menu.so
"""


TONE_SECONDS, RATE = 90, 8000


def _write_tone(path: Path) -> None:
    """Write what the phone says: 440 Hz, for longer than any call."""
    period = [round(8000 * math.sin(2 * math.pi * 11 * i / 200)) for i in range(200)]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array("h", period).tobytes() * (TONE_SECONDS * RATE // len(period)))


class Baresip:
    """One phone, registered under a name at a registrar; it picks up by itself."""

    def __init__(self, folder: Path, *, name: str, registrar: tuple[str, int]) -> None:
        self.folder = folder
        self.host, self.port = HOST, free_port(HOST)
        text = CONFIG.format(host=HOST, port=self.port, folder=folder, modules=MODULES)
        (folder / "config").write_text(text)
        _write_tone(folder / "said.wav")
        account = f"<sip:{name}@{registrar[0]}:{registrar[1]}>;auth_user={name}"
        account += f";auth_pass={PASSWORD};regint=60;answermode=auto;audio_codecs=pcmu"
        (folder / "accounts").write_text(f"{account}\n")
        (folder / "contacts").write_text("")
        self._said = folder / "said.txt"
        baresip = shutil.which("baresip")
        assert baresip is not None, "apt install baresip-core"
        with self._said.open("wb") as said:
            self.process = subprocess.Popen(
                [baresip, "-f", str(folder), "-v"],
                cwd=folder, stdin=subprocess.PIPE, stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip
        until(lambda: "200 OK" in self.said() or self.process.poll() is not None)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self._said.read_text(errors="replace")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=5)
        assert self.process.stdin is not None
        self.process.stdin.close()
