"""Choose what runs a command of manage.py, and give it the servers that it needs."""

import contextlib
import os
import sys
import warnings
from pathlib import Path

from config.sentences import SentenceError, both

VAR = Path(__file__).resolve().parent.parent / "var"
NOTE = VAR / "run" / "servers.json"
# Where the database is for another role than the application's (`manage.py database_roles`), and
# the commands that go there if it is set.
ROLE_URLS = {
    "MIGRATION_DATABASE_URL": "yunhu_migrator",
    "SEQUENCER_DATABASE_URL": "yunhu_sequencer",
    "ERASURE_DATABASE_URL": "yunhu_erasure",
}
ROLE_COMMANDS = {
    "migrate": "MIGRATION_DATABASE_URL",
    "audit_retention": "MIGRATION_DATABASE_URL",
    "retention_run": "MIGRATION_DATABASE_URL",
    "audit_sequencer": "SEQUENCER_DATABASE_URL",
    "audit_new_epoch": "SEQUENCER_DATABASE_URL",
    "audit_keys": "SEQUENCER_DATABASE_URL",
    "audit_quarantine": "SEQUENCER_DATABASE_URL",
    "audit_witness_add": "SEQUENCER_DATABASE_URL",
    "audit_erase": "ERASURE_DATABASE_URL",
}
WITHOUT_SERVERS = frozenset(
    {
        "",
        "--help",
        "--version",
        "check",
        "collectstatic",
        "compilemessages",
        "coverage_doc",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "makemigrations",
        "version",
    }
)


def run(argv: list[str]) -> int:
    """Run `manage.py <command> …` and return its exit code.

    :raises SentenceError: if something must be put right first
    """
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    command, arguments = (argv[1] if len(argv) > 1 else ""), argv[2:]
    if command == "demo":
        from config.demo import main as demo  # noqa: PLC0415

        return demo(arguments)
    if command == "seed_history":
        from config.history import main as seed_history  # noqa: PLC0415

        return seed_history(arguments)
    if command == "test":
        from config.run_tests import main as run_tests  # noqa: PLC0415

        return run_tests(arguments)
    return _run_django(argv, command=command)


def _run_django(argv: list[str], *, command: str) -> int:
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if argv[1:] in ([], ["help"], ["--help"]):
        sys.stdout.write(both(zh="先试：demo、test", en="Try first: demo, test") + "\n")
    with contextlib.ExitStack() as stack:
        if not {"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys():
            _use_demo(stack, needed=command not in WITHOUT_SERVERS and "--help" not in argv)
        role_url = os.environ.get(ROLE_COMMANDS.get(command, ""), "")
        if role_url:
            os.environ.pop("DATABASE_URL_FILE", None)
            os.environ["DATABASE_URL"] = role_url
        execute_from_command_line(argv)
    return 0


def _use_demo(stack: contextlib.ExitStack, *, needed: bool) -> None:
    """Point this command at the demo's servers, both of them or neither.

    Those of a demo that has ended run again for as long as the command does.
    """
    from config.services.running import running_servers  # noqa: PLC0415

    found = running_servers(path=NOTE)
    if needed and not found:
        from config.demo.ended import servers_of_the_ended_demo  # noqa: PLC0415

        found = stack.enter_context(servers_of_the_ended_demo(note=NOTE))
    os.environ.update(found)
    if not found:  # makemigrations would ask it whether its history is in order
        warnings.filterwarnings("ignore", message="Got an error checking a consistent migration")
    if needed and not found:
        raise SentenceError(
            zh="没有数据库：请先运行 python3 manage.py demo，或设置 DATABASE_URL 和 REDIS_URL。",
            en="There is no database: run `python3 manage.py demo` first, or set DATABASE_URL and "
            "REDIS_URL.",
        )
