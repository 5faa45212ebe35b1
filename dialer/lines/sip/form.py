"""An INVITE that is the same for every call but for a few words: written once, then filled in.

pyVoIP writes it and `text` finishes it, with marks where the words go.
"""

import re

MARK = re.compile("\x00([a-z]+)\x00")
CALLEE, SHOWN, IDENTITY = "\x00callee\x00", "\x00shown\x00", "\x00identity\x00"
PORT, BRANCH, CALL_ID, TAG = "\x00port\x00", "\x00branch\x00", "\x00call\x00", "\x00tag\x00"
LENGTH = re.compile(r"(?<=Content-Length: )[0-9]+")


class Form:
    """Parts that stay, and the places of those that do not."""

    def __init__(self, text: str) -> None:
        """Take the message with its marks; a port is the only one in its body."""
        head, _, body = text.partition("\r\n\r\n")
        self._rest = len(body.replace(PORT, ""))
        text = f"{LENGTH.sub(chr(0) + 'length' + chr(0), head)}\r\n\r\n{body}"
        self._parts = MARK.split(text)  # text and a mark's name, in turn
        self._marks = list(enumerate(self._parts))[1::2]

    def filled(self, *, port: str, **words: str) -> str:
        """Return the message with each mark's word in its place."""
        parts = self._parts.copy()
        words |= {"port": port, "length": str(self._rest + len(port))}
        for place, mark in self._marks:
            parts[place] = words[mark]
        return "".join(parts)
