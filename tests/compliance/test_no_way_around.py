"""CN13-GOV-06: no flag, setting, role, environment variable or admin action loosens a rule.

The scan reads the source of everything that a call passes through, so that a switch which
somebody adds one day fails here before it can be used.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from compliance.gate import permit_request
from compliance.redemption import redeem
from compliance.rulebook.engine import decide
from compliance.services.pack_approve import pack_approve
from compliance.services.pack_propose import pack_propose

ROOT = Path(__file__).resolve().parents[2]
APPS = ("audit", "compliance", "console", "dialer")
SETTINGS_READ = {  # what the code may ask of the settings: places, keys and names; no switch
    "AUDIT_ERASURES", "AUDIT_MAIL_TO", "AUDIT_ORIGIN", "AUDIT_PUBLISH_DIR", "AUDIT_RECEIPTS",
    "AUDIT_SIGNER_DIR", "AUDIT_SIGN_SECONDS", "AUDIT_TENANT", "AUDIT_TSA_ROOTS", "AUDIT_TSA_URL",
    "AUDIT_WRITE_ONCE_DIR", "AUTH_USER_MODEL", "BASE_DIR", "CARRIER_RECORDS",
    "CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_TASK_DEFAULT_QUEUE", "CODE_SENDER",
    "CODE_SENDER_TOKEN", "DATABASES",
    "DEFAULT_FROM_EMAIL", "DEMO_ACCOUNTS", "EDGE_STORES", "EVIDENCE_DIR", "KEYS_DIR", "LINES_DIR",
    "PROMPTS_DIR",
    "RECORDINGS_DIR", "RECORDING_PLAYER", "REDIS_URL",
    "ROOT_URLCONF", "SESSION_COOKIE_AGE", "SESSION_COOKIE_SECURE", "SESSION_ENGINE",
}  # fmt: skip
WAYS_AROUND = {
    "allow_all", "bypass", "disable", "disabled", "force", "ignore", "ignore_rules", "no_check",
    "no_rules", "override", "skip", "skip_gate", "skip_rules", "unchecked", "unsafe",
}  # fmt: skip
ENVIRONMENT_READ = {  # what a deployment may set: places, keys and servers; no switch over a rule
    "AUDIT_ERASURES", "AUDIT_MAIL_TO", "AUDIT_ORIGIN", "AUDIT_PUBLISH_DIR", "AUDIT_RECEIPTS",
    "AUDIT_SIGNER_DIR", "AUDIT_TSA_ROOTS", "AUDIT_TSA_URL", "AUDIT_WRITE_ONCE_DIR",
    "CARRIER_RECORDS", "CODE_SENDER", "CODE_SENDER_TOKEN", "DATABASE_URL",
    "EDGE_STORES", "EMAIL_FROM", "EMAIL_HOST",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_HOST_USER", "EMAIL_PORT", "EMAIL_TLS", "KEYS_DIR", "LINES_DIR", "PROMPTS_DIR",
    "PUBLIC_URL", "RECORDINGS_DIR", "RECORDING_PLAYER", "REDIS_URL", "SECRET_KEY",
    "YUNHU_DATABASE",
    "AUDIT_SIGN_SECONDS",  # 600 at most: later than 900 nothing is dialled anyway
}  # fmt: skip
GUARDS_OFF = re.compile(
    r"DISABLE\s+TRIGGER|session_replication_role|DROP\s+(TRIGGER|CONSTRAINT)|DISABLE\s+RULE",
    re.IGNORECASE,
)
ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the modules below some folders, without migrations."""
    for folder in folders:
        place = ROOT / folder
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def text_of(path: str) -> str:
    """Return a module as it is written."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return every node of a module: to walk through all of them costs as much as to read it."""
    return tuple(ast.walk(tree))


@cache
def names(tree: ast.AST) -> frozenset[str]:
    """Return every name and attribute that a module reads or calls."""
    found = {node.id for node in nodes(tree) if isinstance(node, ast.Name)}
    found |= {node.attr for node in nodes(tree) if isinstance(node, ast.Attribute)}
    for node in nodes(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            found |= {alias.name.split(".")[-1] for alias in node.names}
    return frozenset(found)


def called(call: ast.Call) -> str:
    """Return the plain name that is called; nothing if what is called is an expression."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def settings_of(tree: ast.AST) -> set[str]:
    """Return which settings a module asks for, by whatever way."""
    read = set()
    for node in nodes(tree):
        if isinstance(node, ast.Attribute):
            if getattr(node.value, "id", "") in ("settings", "django_settings"):
                read.add(node.attr)
        elif isinstance(node, ast.Call) and called(node) == "getattr":
            whose, name = node.args[:2]
            if ast.unparse(whose) in ("settings", "django_settings"):
                read.add(ast.unparse(name).strip("'\""))
    return read


def arguments(tree: ast.AST) -> set[str]:
    """Return the names of all arguments, and of all options of commands."""
    found = set()
    for node in nodes(tree):
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument":
            options = [
                str(option.value) for option in node.args if isinstance(option, ast.Constant)
            ]
            found |= {option.lstrip("-").replace("-", "_") for option in options}
    return found


@cache
def everything() -> dict[str, ast.Module]:
    """Return the modules of all apps, read when the first test asks for them."""
    return dict(sources(*APPS))


@cache
def deciding() -> dict[str, ast.Module]:
    """Return those that decide on a call, or lead one from its decision to the wire."""
    found = sources(
        "compliance/rulebook", "compliance/gate.py", "compliance/redemption.py",
        "compliance/editions.py", "compliance/books.py", "compliance/permit_seal.py",
        "compliance/locks.py", "compliance/selectors", "dialer/services/call_launch.py",
        "dialer/services/call_open.py", "dialer/line_process",
    )  # fmt: skip
    others = {"compliance/selectors/complaints.py"}  # who may see a case; it decides no call
    return {path: tree for path, tree in found if path not in others}


class TestSource:
    def test_reads_no_environment(self) -> None:
        assert [path for path, tree in everything().items() if names(tree) & ENVIRONMENT] == []

    def test_asks_the_settings_for_places_and_keys_only(self) -> None:
        read = {name for tree in everything().values() for name in settings_of(tree)}

        assert read <= SETTINGS_READ
        assert "DEBUG" not in read

    def test_asks_no_setting_and_no_role_where_calls_are_decided(self) -> None:
        asking = {
            "has_perm", "is_staff", "is_superuser", "role", "user_passes_test", "waffle",
        }  # fmt: skip

        assert [path for path, tree in deciding().items() if settings_of(tree)] == []
        assert [path for path, tree in deciding().items() if names(tree) & asking] == []

    def test_takes_no_argument_that_leads_around_a_rule(self) -> None:
        assert [path for path, tree in everything().items() if arguments(tree) & WAYS_AROUND] == []

    def test_has_no_door_of_the_framework_to_the_records(self) -> None:
        assert "django.contrib.admin" not in settings.INSTALLED_APPS
        assert not [path for path, tree in everything().items() if "ModelAdmin" in names(tree)]


class TestSettings:
    def test_read_places_keys_and_servers_from_the_environment_and_nothing_else(self) -> None:
        (tree,) = dict(sources("config/settings.py")).values()
        read = {
            node.args[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func).startswith("env.")
            and isinstance(node.args[0], ast.Constant)
        }

        assert read == ENVIRONMENT_READ
        assert not names(tree) & ENVIRONMENT

    def test_put_nothing_between_the_settings_and_the_rules(self) -> None:
        assert not {name for name in dir(settings) if name.lower() in WAYS_AROUND}


class TestDatabase:
    def test_is_never_told_to_look_away(self) -> None:
        assert [path for path in everything() if GUARDS_OFF.search(text_of(path))] == []


class TestEditions:
    WRITERS = {"compliance/services/pack_propose.py", "compliance/services/pack_approve.py"}

    def test_are_written_by_the_two_services_of_two_people_alone(self) -> None:
        writing = re.compile(
            r"PackEdition\((?!models)|PackEdition\.objects\.(create|bulk_|get_or|update)"
            r"|(INSERT INTO|UPDATE|DELETE FROM) compliance_packedition"
        )
        writers = {
            path
            for path in everything()
            if not path.startswith("compliance/models") and writing.search(text_of(path))
        }

        assert writers == {"compliance/services/pack_propose.py"}

    def test_are_approved_over_the_web_by_the_flow_of_two_people_alone(self) -> None:
        callers = {
            path
            for path, tree in everything().items()
            if {"pack_propose", "pack_approve"} & _called(tree) and path not in self.WRITERS
        }

        assert callers == {
            "compliance/management/commands/pack_approve.py",
            "compliance/management/commands/pack_propose.py",
            "console/approvals/kinds/pack.py",  # the second person's
            "console/views/rulebook/propose.py",  # the first person's
        }

    def test_are_held_against_the_floors_at_every_loading(self) -> None:
        loading = text_of("compliance/editions.py")

        assert "return edition_check(edition)" in loading
        binding = text_of("compliance/rulebook/bound.py")
        assert '\n    check_floor(rule_id, table, row.get("floor", {}))\n' in binding


def _called(tree: ast.AST) -> set[str]:
    return {called(node) for node in nodes(tree) if isinstance(node, ast.Call)}


class TestPermit:
    def test_is_made_by_the_gate_alone(self) -> None:
        makers = {
            path
            for path, tree in everything().items()
            for node in nodes(tree)
            if isinstance(node, ast.Call) and called(node) == "Permit"
        }
        written = {path: ast.unparse(tree) for path, tree in everything().items()}
        by_manager = [
            path
            for path, code in written.items()
            if any(
                text in code
                for text in ("Permit.objects.create", "Permit.objects.bulk_create",
                             "Permit.objects.get_or_create", "INSERT INTO compliance_permit")
            )
        ]  # fmt: skip

        assert makers == {"compliance/gate.py"}
        assert by_manager == []

    def test_is_spent_by_the_opening_of_a_call_alone(self) -> None:
        spenders = {path for path, tree in everything().items() if "redeem" in names(tree)}

        assert spenders == {"dialer/services/call_open.py"}

    def test_is_sealed_by_the_gate_alone(self) -> None:
        signers = {
            path
            for path, tree in everything().items()
            for node in nodes(tree)
            if isinstance(node, ast.ImportFrom)
            and node.module == "compliance.permit_seal"
            and "sign" in {alias.name for alias in node.names}
        }

        assert signers == {"compliance/gate.py"}


class TestDoors:
    @pytest.mark.parametrize(
        ("door", "asks_for"),
        [
            (permit_request, "filing_id person_id seat_id request origin actor now"),
            (redeem, "permit_id trunk_id actor now"),
            (decide, "facts book"),
            (pack_propose, "change effective_from reason proposer now"),
            (pack_approve, "edition_id approver now"),
        ],
    )
    def test_take_nothing_that_could_bend_the_answer(self, door: object, asks_for: str) -> None:
        assert callable(door)
        signature = inspect.signature(door)

        assert " ".join(signature.parameters) == asks_for

    def test_do_not_let_the_origin_of_a_wish_reach_a_rule(self) -> None:
        readers = {path for path, tree in dict(sources("compliance/rulebook/rules")).items()
                   if "origin" in names(tree)}  # fmt: skip

        assert readers == set()


class TestScan:
    @pytest.mark.parametrize(
        "text",
        ["ALTER TABLE x DISABLE TRIGGER USER", "set session_replication_role = replica",
         "DROP  TRIGGER epoch_up", "drop constraint x"],
    )  # fmt: skip
    def test_sees_a_guard_that_is_switched_off(self, text: str) -> None:
        assert GUARDS_OFF.search(f"cursor.execute({text!r})")

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("import os\nx = os.environ['A']", ENVIRONMENT),
            ("from os import getenv", ENVIRONMENT),
            ("import os as o\no.getenv('A')", ENVIRONMENT),
        ],
    )
    def test_sees_the_environment_however_it_is_read(self, text: str, found: set[str]) -> None:
        assert names(ast.parse(text)) & found

    @pytest.mark.parametrize(
        "text", ["settings.SKIP", "getattr(settings, 'SKIP', False)", "django_settings.SKIP"]
    )
    def test_sees_a_setting_however_it_is_read(self, text: str) -> None:
        assert not settings_of(ast.parse(text)) <= SETTINGS_READ

    @pytest.mark.parametrize(
        "text",
        ["def f(*, force=False): ...", "p.add_argument('--skip-rules')", "lambda bypass: 1"],
    )
    def test_sees_an_argument_or_an_option(self, text: str) -> None:
        assert arguments(ast.parse(text)) & WAYS_AROUND
