"""Whole numbers in addresses, no longer than a key of the database."""

from django.urls import register_converter

MOST = 2**63 - 1


class Whole:
    """A key; what cannot be one has no address."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Read it.

        :raises ValueError: if it is too great
        """
        number = int(value)
        if number > MOST:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        """Write it."""
        return str(value)


register_converter(Whole, "whole")
