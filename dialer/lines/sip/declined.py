"""Answer each stream of an offer: RFC 3264 6 wants as many m-lines as were offered, in order.

We carry the first audio stream; of every other the answer says that it is declined, by port 0.
"""

import re

OFFERED = re.compile(r"^m=(\S+) \S+ (\S.*?)\r?$", re.MULTILINE)
AUDIO = "m=audio "
OURS = re.compile(rb"^m=audio ", re.MULTILINE)


def answering(offer: bytes, *, ours: bytes) -> bytes:
    """Return our description, which has one audio stream, with a line for each declined one.

    Without an offer, or where nothing is declined, it is returned as it is.
    """
    found = OURS.search(ours)
    streams = list(OFFERED.finditer(offer.decode("utf-8", "replace")))
    taken = next((at for at, one in enumerate(streams) if one[0].startswith(AUDIO)), None)
    if found is None or taken is None or len(streams) == 1:
        return ours
    declined = [f"m={one[1]} 0 {one[2]}\r\n".encode() for one in streams]
    at = found.start()
    return b"".join([ours[:at], *declined[:taken], ours[at:], *declined[taken + 1 :]])
