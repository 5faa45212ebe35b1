"""Log lines in which no phone number can be read."""

import logging
import re
from urllib.parse import unquote

ALONE = r"(?<![0-9A-Za-z.])"  # not inside a longer number or an identifier
END = r"(?![0-9A-Za-z])"
NUMBERS = (
    # A mainland mobile, however it is prefixed and grouped.
    re.compile(ALONE + r"((?:\+?86|0086)?[- ]?1[3-9]\d)([- ]?\d{4})([- ]?\d{4})" + END),
    # A mainland landline with its area code.
    re.compile(ALONE + r"(0[1-9]\d{1,2}[- ]?)(\d{3,4})(\d{4})" + END),
    # Anything else in E.164.
    re.compile(r"(\+\d{3})(\d{2,8})(\d{4})(?!\d)"),
)

URL_SIGNS = re.compile(r"%2[0B8D9]", re.IGNORECASE)  # space + ( - )


def masked(line: str) -> str:
    """Replace the middle of every phone number in the line by stars."""
    if "%" in line:  # as in a URL
        line = URL_SIGNS.sub(lambda sign: unquote(sign[0]), line)
    for pattern in NUMBERS:
        line = pattern.sub(r"\1****\3", line)
    return line


class MaskingFormatter(logging.Formatter):
    """Mask the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text without phone numbers."""
        return masked(super().format(record))
