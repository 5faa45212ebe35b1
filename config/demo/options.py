"""What a person may say to `manage.py demo`."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from config.commands import VAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The demo's options."""

    leads: int
    seats: int
    seed: int
    headless: bool
    json: bool
    port: int
    folder: Path  # of the demo's data, logs and keys


def parse(arguments: list[str]) -> Options:
    """Read the command line; exits with 2 and a sentence if it makes no sense."""
    parser = argparse.ArgumentParser(
        prog="manage.py demo",
        description="Run a sample call centre over real SIP on this machine. "
        "在本机用真实 SIP 演示一家呼叫中心。",
    )
    parser.add_argument("--headless", action="store_true", help="no console; end with the sample")
    parser.add_argument("--json", action="store_true", help="last line: one JSON object")
    parser.add_argument("--leads", type=_between(3, 20_000), default=300, metavar="N")
    parser.add_argument("--seats", type=_between(3, 200), default=48, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="chooses who answers how")
    parser.add_argument("--port", type=_between(0, 65_535), default=8000, help="console's port")
    parser.add_argument(
        "--folder", type=_folder, default=VAR, metavar="DIR", help="for data, logs and keys"
    )
    given = parser.parse_args(arguments)
    return Options(
        leads=given.leads,
        seats=given.seats,
        seed=given.seed,
        headless=given.headless,
        json=given.json,
        port=given.port,
        folder=given.folder,
    )


def _folder(text: str) -> Path:
    return Path(text).resolve()


class _between:  # noqa: N801 - argparse shows the name of a type in its messages
    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def __call__(self, text: str) -> int:
        number = int(text)
        if not self._low <= number <= self._high:
            raise argparse.ArgumentTypeError(f"write a number from {self._low} to {self._high}")
        return number
