"""`manage.py seed_history`: an empty database becomes one of years of calls, to measure pages on.

The house is made by the services that people use, and the real gate decides on its first calls;
what follows are copies of those decisions for other people at other times, with every guard of
the database on. The trail has an entry for each, with its code, and is sealed; facts are those of
the first.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable

from config.sentences import SentenceError

LEAST, MOST_NUMBERS = 1000, 10_000_000


def main(arguments: list[str]) -> int:
    """Fill the database of DATABASE_URL; return the exit code.

    :raises SentenceError: if it is not an empty one
    """
    parser = argparse.ArgumentParser(prog="manage.py seed_history")
    parser.add_argument("--decisions", type=int, default=500_000, help="判定数 / decisions")
    parser.add_argument("--numbers", type=int, default=100_000, help="号码数 / numbers")
    options = parser.parse_args(arguments)
    if options.decisions < LEAST or not LEAST <= options.numbers <= MOST_NUMBERS:
        parser.error(f"{LEAST} at least, and {MOST_NUMBERS} numbers at most")
    if not {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
        raise SentenceError(
            zh="请用 DATABASE_URL 指定一个空库；本命令绝不写入有数据的库。",
            en="Name an empty database in DATABASE_URL; this command never writes into another.",
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django  # noqa: PLC0415 - the settings read the environment

    django.setup()
    from config.history.fill import fill  # noqa: PLC0415

    fill(decisions=options.decisions, numbers=options.numbers, say=_speaker())
    return 0


def _speaker() -> Callable[[str], None]:
    began = time.monotonic()

    def say(line: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:7.1f} s  {line}\n")
        sys.stdout.flush()

    return say
