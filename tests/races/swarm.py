"""Eight processes that start on the same word, each with its own session of the real database."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
Command = dict[str, Any]
Answer = dict[str, Any]


class Worker(NamedTuple):
    """The two ends of the talk with one worker."""

    commands: IO[str]
    answers: IO[str]


class Swarm:
    """The workers of a race; leaving the block ends them."""

    def __init__(self, *, size: int = 8) -> None:
        commands, answers = zip(*((os.pipe(), os.pipe()) for _ in range(size)), strict=True)
        theirs = [
            end for (get, _), (_, put) in zip(commands, answers, strict=True) for end in (get, put)
        ]
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.races.worker", *map(str, theirs)],
            cwd=ROOT,
            env=environment(),
            pass_fds=theirs,
        )
        for end in theirs:
            os.close(end)
        self._workers = [
            Worker(commands=os.fdopen(put, "w"), answers=os.fdopen(get))
            for (_, put), (get, _) in zip(commands, answers, strict=True)
        ]
        self.all({"do": "hello"})

    def __enter__(self) -> "Swarm":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.commands.close()  # no more of them: the worker ends
            worker.answers.close()
        self._parent.wait(timeout=60)

    @property
    def size(self) -> int:
        return len(self._workers)

    def all(self, command: Command) -> list[Answer]:
        """Have every worker do the same."""
        return self.at_once([command] * self.size)

    def at_once(self, commands: Sequence[Command]) -> list[Answer]:
        """Hand one command to each of the first workers, then wait for all the answers."""
        racing = self._workers[: len(commands)]
        assert len(racing) == len(commands), "There are not that many workers."
        for worker, command in zip(racing, commands, strict=True):
            worker.commands.write(json.dumps(command) + "\n")
        for worker in racing:
            worker.commands.flush()
        return [self._answer(worker) for worker in racing]

    def share(self, commands: Sequence[Command]) -> list[Answer]:
        """Have the workers do all of the commands, each worker every eighth as fast as it can."""
        turns = [self._workers[place % self.size] for place in range(len(commands))]
        for worker, command in zip(turns, commands, strict=True):
            worker.commands.write(json.dumps(command) + "\n")
        for worker in self._workers:
            worker.commands.flush()
        return [self._answer(worker) for worker in turns]

    def _answer(self, worker: Worker) -> Answer:
        line = worker.answers.readline()
        assert line, "A worker died; its error is above."
        answer: Answer = json.loads(line)
        return answer


def environment() -> dict[str, str]:
    """Return what makes a worker use the database and the keys of this test run."""
    database = connection.settings_dict
    user, password = quote(database["USER"] or ""), quote(database["PASSWORD"] or "")
    host, port, name = database["HOST"], database["PORT"], database["NAME"]
    place = f"{host}:{port}" if port else host
    if host.startswith("/"):
        place = quote(host, safe="")
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{user}:{password}@{place}/{name}",
        "KEYS_DIR": str(settings.KEYS_DIR),
        "YUNHU_BOOTSTRAP": "off",
        "PYTHONPATH": str(ROOT),
    }
