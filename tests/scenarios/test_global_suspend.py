"""GLOBAL-SUSPEND: one switch suspends all suppression.

Here no setting, no variable of the environment, no option of a command and no flag in any row
switches a rule off; the only switches there are stop calls.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import global_settings, settings
from django.core.management import get_commands, load_command_class
from django.db import DatabaseError, connection, models, transaction
from django.test import override_settings

from compliance.books import book
from compliance.models import Decision, KillSwitch, Permit
from compliance.rulebook.codec import answers_from_text
from tests.scenarios.floor import Floor
from tests.stages import staged
from tests.world import MORNING, World, ask, build_world, callees, permitted, refuse

SUSPENDS = re.compile(
    r"suspend|bypass|disabl|skip|ignor|overrid|exempt|force|unsafe|dry_?run|no_?check|test_?mode"
    r"|suppress|dnc|allow_all",
    re.IGNORECASE,
)
OWN = ("audit", "compliance", "dialer", "console")
ROOT = Path(__file__).resolve().parents[2]


@staged
def still_world() -> World:
    """A world that nobody else looks into."""
    return build_world()


class TestSwitch:
    def test_is_not_among_the_settings_or_the_environment(self) -> None:
        sources = [ROOT / "config" / "settings.py", ROOT / "config" / "env.py"]
        names = {
            name
            for source in sources
            for name in re.findall(r"""["']([A-Z][A-Z0-9_]{2,})["']""", source.read_text())
        }

        assert "DATABASE_URL" in names
        read = names | {name for name in dir(settings) if _is_ours(name)}
        assert {name for name in read if SUSPENDS.search(name)} == {
            "AXES_DISABLE_ACCESS_LOG",  # who logged in is on the trail instead
            "CELERY_TASK_IGNORE_RESULT",
        }

    def test_is_not_read_from_the_environment_by_the_rulebook_or_the_gate(self) -> None:
        """What decides reads neither settings nor environment."""
        deciding = [
            *(ROOT / "compliance" / "rulebook").rglob("*.py"),
            *(ROOT / "compliance" / name for name in ("gate.py", "redemption.py", "locks.py")),
            *(ROOT / "compliance" / "selectors").glob("*.py"),
        ]

        assert len(deciding) > 20
        for file in deciding:
            assert not re.search(r"environ|getenv|django\.conf|settings\.", file.read_text()), file

    def test_is_not_an_option_of_a_command(self) -> None:
        for name, app in get_commands().items():
            if app in OWN:
                parser = load_command_class(app, name).create_parser("manage.py", name)
                own = {action.dest for action in parser._actions} - {"force_color", "skip_checks"}
                suspending = {dest for dest in own if SUSPENDS.search(dest)}
                assert suspending <= {"dry_run"}, name  # of an import: shows and keeps nothing

    def test_is_not_a_column(self) -> None:
        columns = [
            f"{model._meta.label}.{field.name}"
            for app in OWN
            for model in apps.get_app_config(app).get_models()
            for field in model._meta.get_fields()
            if isinstance(field, models.Field) and SUSPENDS.search(field.name)
        ]

        assert columns == []

    def test_of_any_name_in_the_settings_changes_nothing(self, still_world: World) -> None:
        world = still_world
        refusing, willing = callees(world, 2)
        refuse(refusing, world.principal)
        names = ("DNC_ENABLED", "SUPPRESSION", "COMPLIANCE_ENABLED", "GATE_ENABLED", "DNC_CHECK")

        with override_settings(DEBUG=True, **dict.fromkeys(names, False)):
            answer = ask(world, refusing)

        assert not isinstance(answer, Permit)
        assert isinstance(ask(world, willing), Permit)


def _is_ours(name: str) -> bool:
    """Leave out what the framework itself brings along."""
    return name.isupper() and not hasattr(global_settings, name)


def flags() -> list[tuple[str, str]]:
    """Return the table and column of every yes-or-no that a row of ours holds."""
    return [
        (model._meta.db_table, field.attname)
        for app in OWN
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.BooleanField)
    ]


class TestRow:
    @pytest.mark.parametrize(("table", "column"), flags())
    def test_cannot_make_a_refused_call_allowed_by_any_of_its_flags(
        self, still_world: World, table: str, column: str
    ) -> None:
        world = still_world
        (refusing,) = callees(world, 1)
        refuse(refusing, world.principal)

        for value in (True, False):
            with transaction.atomic(), connection.cursor() as cursor:
                try:
                    with transaction.atomic():
                        cursor.execute(f"UPDATE {table} SET {column} = %s", [value])
                except DatabaseError:
                    continue  # the database itself refuses
            assert not isinstance(ask(world, refusing), Permit)

        assert not Permit.objects.exists()

    def test_of_the_kill_switch_stops_calls_and_lets_none_through(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        refusing, willing = callees(world, 2)
        refuse(refusing, world.principal)
        floor.leads(refusing, willing)
        targets = {
            "platform": "",
            "principal": str(world.principal.pk),
            "industry": world.principal.industry,
            "province": "CN-BJ",
        }
        assert targets.keys() == set(KillSwitch.Scope.values)
        released = {"engaged_at": MORNING, "released_at": MORNING}
        for scope, target in targets.items():
            KillSwitch.objects.create(
                scope=scope, target=target, reason="x", engaged_by="x", **released
            )

        floor.work_off()

        assert floor.invites_to(willing) == 1
        assert floor.invites_to(refusing) == 0


def test_every_decision_holds_every_rule(still_world: World) -> None:
    permitted(still_world, callees(still_world, 1)[0])

    asked = list(answers_from_text(Decision.objects.get().answers))

    assert asked == [rule.id for rule in book().before_call(MORNING).rules]
