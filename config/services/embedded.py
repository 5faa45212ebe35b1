"""Prepare whichever of the two servers is not named by DATABASE_URL or REDIS_URL."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.child import Process
from config.sentences import SentenceError
from config.services.account import server_account
from config.services.home import Home, held_home
from config.services.postgres import postgres_process
from config.services.valkey import valkey_process

VARIABLES = {"DATABASE_URL": postgres_process, "REDIS_URL": valkey_process}


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where the database and the broker are, and what must be run for them to be there."""

    database_url: str
    redis_url: str
    processes: tuple[Process, ...]  # in the order to start them; empty if both were named
    # The same database for other roles than the application's, by the variable that names it
    role_urls: Mapping[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        """Return the variables that tell a process where they are."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


@contextlib.contextmanager
def embedded_servers(*, var: Path, instance: str, environ: Mapping[str, str]) -> Iterator[Servers]:
    """Prepare the servers of one instance (`demo`, `test`) and hold its folder for the block.

    Nothing is started: give `processes` to a supervisor inside the block.
    :raises HomeTakenError: if the instance is already running in this folder
    :raises SentenceError: if this machine cannot run them
    """
    urls = {name: environ.get(name, "") for name in VARIABLES}
    if all(urls.values()):
        yield _servers(urls, processes=[])
        return
    with contextlib.ExitStack() as stack:
        try:
            home = stack.enter_context(
                held_home(
                    var=var,
                    instance=instance,
                    account=server_account(data=var / "data" / instance),
                )
            )
            processes = _prepare(home, urls)
        except OSError as problem:
            raise _cannot_write(folder=var, problem=problem) from problem
        yield _servers(urls, processes=processes)


def _prepare(home: Home, urls: dict[str, str]) -> list[Process]:
    processes = []
    for name, prepare in VARIABLES.items():
        if not urls[name]:
            urls[name], process = prepare(home)
            processes.append(process)
    return processes


def _servers(urls: Mapping[str, str], *, processes: list[Process]) -> Servers:
    return Servers(
        database_url=urls["DATABASE_URL"],
        redis_url=urls["REDIS_URL"],
        processes=tuple(processes),
    )


def _cannot_write(*, folder: Path, problem: OSError) -> SentenceError:
    where = problem.filename or folder
    return SentenceError(
        zh=f"无法写入 {where}（{problem.strerror}）："
        "请用文件夹的所有者运行，或设置 DATABASE_URL 和 REDIS_URL。",
        en=f"{where} cannot be written ({problem.strerror}): run this as the folder's owner, "
        "or set DATABASE_URL and REDIS_URL.",
    )
