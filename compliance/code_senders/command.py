"""Send through a program of the operator's: it reads one JSON object, and exits 0 once sent."""

import json
import subprocess
from dataclasses import dataclass

from compliance.code_senders.base import TEXT, NotSentError

SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSender:
    """Runs a program without arguments: numbers and codes are in no list of processes."""

    program: str  # absolute path

    def send(self, *, number: str, code: str, minutes: int) -> None:
        """Give the program `{"number": …, "text": …}` on its standard input.

        :raises NotSentError: if it cannot be run, takes too long, or says that it failed
        """
        message = json.dumps(
            {"number": number, "text": TEXT.format(code=code, minutes=minutes)},
            ensure_ascii=False,
        )
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own program
                [self.program],
                input=message.encode(),
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotSentError(f"The sender did not run: {type(error).__name__}.") from error
        if done.returncode != 0:
            raise NotSentError(f"The sender failed with {done.returncode}.")
