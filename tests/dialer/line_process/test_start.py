"""CN13-GOV-09: the line process does not start without a signed deployment pack."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from compliance import deployment
from compliance.models import BookUse, Operator
from compliance.services.deployment_check import NotDeployedError, deployment_check
from compliance.services.deployment_declare import deployment_declare
from config.demo.line_keys import line_keys
from tests.compliance.gate.attacker import sql
from tests.stages import staged
from tests.world import MORNING, World, build_world


@staged
def world() -> World:
    return build_world()


def declare(world: World, **changes: object) -> None:
    pack = {
        "operator": world.operator.legal_name,
        "credit_code": world.operator.credit_code,
        "regime": world.operator.regime,
        "data_location": "CN",
        "services": {},
        "rents_seats": False,
    } | changes
    deployment_declare(
        pack=pack, author=world.people.author, approver=world.people.approver, now=MORNING
    )


def _behind_our_back(statement: str) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE compliance_deployment DISABLE TRIGGER USER")
    sql(statement)
    sql("ALTER TABLE compliance_deployment ENABLE TRIGGER USER")


def _never_declared(_: World) -> None:
    _behind_our_back("DELETE FROM compliance_deployment")


def _altered(_: World) -> None:
    _behind_our_back("UPDATE compliance_deployment SET content = content || ' '::bytea")


CASES: dict[str, tuple[Callable[[World], object], str]] = {
    "never declared": (_never_declared, "no deployment pack"),
    "altered after its signature": (_altered, "no deployment pack"),
    "of another operator": (lambda w: declare(w, credit_code="9"), "another operator"),
    "of another regime": (lambda w: declare(w, regime="self_use"), "another operator or regime"),
}


def _agent_that_rents(world: World) -> None:
    Operator.objects.update(regime="self_use")
    declare(world, regime="self_use", rents_seats=True)


CASES["of one who may not rent seats"] = (_agent_that_rents, "may not")


@pytest.fixture
def lines_own(tmp_path: Path) -> Iterator[Path]:
    """Keys as a line process has them."""
    folder = line_keys(keys=Path(settings.KEYS_DIR), folder=tmp_path / "keys")
    with override_settings(KEYS_DIR=folder):
        yield folder


class TestStart:
    @pytest.mark.parametrize("name", CASES)
    def test_is_refused_with_one_sentence_and_an_exit_code(self, world: World, name: str) -> None:
        spoil, said = CASES[name]
        spoil(world)

        with pytest.raises(CommandError, match=said) as refused:
            call_command("run_lines", "loopback")

        assert refused.value.returncode == 3
        assert str(refused.value).startswith("线路进程未启动：")
        assert "\n" not in str(refused.value)
        assert not BookUse.objects.exists()  # nothing has begun

    @pytest.mark.parametrize("name", ["permit", "passport", "deployment", "audit-log"])
    def test_is_refused_where_the_process_could_sign(
        self, world: World, lines_own: Path, name: str
    ) -> None:
        (lines_own / f"{name}.key").touch(mode=0o600)

        with pytest.raises(CommandError, match=f"can read keys that sign .*{name}.key") as refused:
            call_command("run_lines", "loopback")

        assert refused.value.returncode == 3
        assert str(refused.value).startswith("线路进程未启动：")
        assert not BookUse.objects.exists()

    def test_comes_before_anything_about_the_trunk(self, world: World, lines_own: Path) -> None:
        with pytest.raises(CommandError, match="no trunk") as refused:
            call_command("run_lines", "nowhere")

        assert refused.value.returncode == 1

    def test_goes_on_with_a_pack_that_is_in_order(self, world: World) -> None:
        deployment_check(now=MORNING)
        declare(world, rents_seats=True)

        deployment_check(now=MORNING)

    def test_is_refused_when_the_key_is_lost(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(deployment, "KEY", "no_such_key")

        with pytest.raises(NotDeployedError):
            deployment_check(now=MORNING)
