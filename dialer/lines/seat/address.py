"""The address of a seat's phone at its registrar: a name that no telephone network understands."""

import re

SHAPE = re.compile(r"[a-z][a-z0-9-]{2,40}")
MOST_DIGITS = 6  # of all its signs: too few for the number of any person


class SeatAddressError(ValueError):
    """The address is not one that a seat's phone may have."""


def seat_address(text: str) -> str:
    """Return the address if a seat's phone may have it.

    :raises SeatAddressError: if it may not
    """
    if SHAPE.fullmatch(text) is None or sum(sign.isdigit() for sign in text) > MOST_DIGITS:
        raise SeatAddressError(
            "A seat's address is 3 to 41 small letters, digits and hyphens, "
            f"a letter first, with at most {MOST_DIGITS} digits."
        )
    return text
