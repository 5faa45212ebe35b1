"""What a registry's command says when its service refuses: in both languages."""

import pytest
from django.core.management import CommandError, get_commands, load_command_class

from compliance.numbers.words import Words
from compliance.verbs import VerbCommand
from tests.compliance.desks.ordering import run
from tests.world import World, build_world


def verb_commands() -> list[VerbCommand]:
    loaded = [
        load_command_class(app, name)
        for name, app in get_commands().items()
        if app in {"compliance", "dialer"}
    ]
    return [command for command in loaded if isinstance(command, VerbCommand)]


def test_every_refusal_that_a_command_expects_has_its_chinese() -> None:
    commands = verb_commands()

    assert len(commands) >= 12
    for command in commands:
        for zh in command.refusals.values():
            Words(zh, "It is checked to be Chinese.")  # or WordsError


@pytest.mark.django_db
def test_says_in_both_languages_why() -> None:
    world: World = build_world()
    arguments = ("--principal", world.principal.name, "--purpose", "P3", "--by", "approver")

    with pytest.raises(CommandError, match=r"不予办理：名单中的同意均已抽样 Refused: Whitelist"):
        run("consent_sample", "draw", *arguments)
