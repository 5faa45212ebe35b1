"""What people wrote, as every store takes it: no sign may keep a stop from being kept."""


def storable(text: str) -> str:
    """Return the text without what PostgreSQL and UTF-8 cannot hold.

    That is NUL, and the lone surrogates by which Python keeps bytes of a terminal that writes in
    another encoding, such as GBK.
    """
    return text.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
