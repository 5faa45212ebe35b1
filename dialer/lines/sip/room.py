"""All that a trunk has to keep for one call before its permit is spent."""

from dialer.lines.sip.admission import Admission
from dialer.lines.sip.ports import RtpPorts


class TrunkRoom:
    """A place, a start in this second and an RTP port; for one thread at a time."""

    def __init__(self, *, admission: Admission, ports: RtpPorts) -> None:
        """Take them all, or none.

        :raises LineFullError: if one of them is not to be had
        """
        self._admission = admission
        self._ports = ports
        self._open = True
        admission.enter()
        try:
            ports.promise()
        except BaseException:
            admission.give_back()
            raise

    def take(self) -> None:
        """Leave it to a call, which has its port by now and gives its place back when it ends."""
        self._close()

    def give_back(self) -> None:
        """Let another call have it, unless a call has taken it, or it was given back before."""
        if self._close():
            self._admission.give_back()

    def _close(self) -> bool:
        was_open, self._open = self._open, False
        if was_open:
            self._ports.promise_kept()
        return was_open
