"""What lets calls happen is written by no agent and no regulator, whichever command they try."""

from datetime import date

import pytest
from django.core.management import CommandError

from audit.models import AuditEntry
from compliance.models import FilingChange, User
from tests.compliance.desks.ordering import DIGEST, run
from tests.world import World

NAME, NUMBER, DAY = "晨星教育科技有限公司", "9512301", "2026-03-10"
SPAN = ("--first", "2026-01-01", "--last", "2026-12-31")
TRUNK = (
    "--kind", "loopback", "--carrier", "x", "--contract", "x", "--entity", "x", "--location", "x",
    "--province", "CN-SH", "--purpose", "P3", "--max-calls", "1", "--reviewed", DAY,
)  # fmt: skip
OUTLET = (
    "--name", "x", "--address", "x", "--province", "CN-SH", "--company", "x", "--credit-code",
    "x", "--legal-person", "x",
)  # fmt: skip
CAMPAIGN = (
    "--name", "x", "--principal", NAME, "--purpose", "P3", "--number", NUMBER, "--trunk",
    "loopback", "--audience", "x", "--content", "x", "--contact", "x", "--script", "SCRIPT",
)  # fmt: skip
TRIED = (
    ("parties", "operator", "x", "--credit-code", "x", "--regime", "b24_operator"),
    ("parties", "licence", "x", "--area", "CN", *SPAN, *DIGEST),
    ("parties", "principal", "x", "--industry", "other"),
    ("parties", "mandate", NAME, "--contract", "x", *SPAN, *DIGEST),
    ("parties", "document", NAME, "--kind", "x", "--number", "x", "--issuer", "x", *SPAN, *DIGEST),
    ("channel_test", "record", "web", "--alive", "--evidence", "x"),
    ("trunks", "record", "x", *TRUNK),
    ("trunks", "review", "loopback", "--on", DAY, *DIGEST),
    ("trunk_endpoint", "set", "loopback", "--host", "127.0.0.1"),
    ("seat_phone", "registrar", "house", "--host", "127.0.0.2"),
    ("caller_numbers", "file", "9512399", "--trunk", "loopback", *SPAN, *DIGEST),
    ("caller_numbers", "renew", NUMBER, "--last", "2030-01-01", *DIGEST),
    ("caller_numbers", "letter", NUMBER, "--kind", "no_harassment", "--signed", DAY, *DIGEST),
    ("number_clocks", "called_back", NUMBER, "--on", DAY, *DIGEST),
    ("number_clocks", "filed", "CHANGE", "--receipt", "x", "--on", DAY, *DIGEST),
    ("outlets", "register", "x", *OUTLET),
    ("outlets", "inspect", "outlet-000", "--on", DAY, "--photo", __file__, "--lease", __file__),
    ("outlets", "seat", "x", "--outlet", "outlet-000", "--agent", "author"),
    ("outlets", "close", "S0000"),
    ("staff", "record", "author", "--identity", "IDENTITY", *DIGEST),
    ("staff", "train", "author", "--course", "x", "--passed", DAY, *DIGEST),
    ("staff", "sanction", "author", "--breach", "x", "--evidence", "x"),
    ("staff", "leave", "agent0000", "--on", DAY),
    ("staff", "target", "disclosure", "--percent", "90"),
    ("lists", "declare", "x", "--principal", NAME, "--source", "event", "--collected-by", NAME,
     "--notice", "x"),
    ("campaigns", "register", "x", *CAMPAIGN),
    ("campaigns", "close", "spring-course", "--reason", "x"),
    ("accounts", "admit", "x", "--role", "agent", "--real-name", "x"),
    ("accounts", "close", "author"),
)  # fmt: skip


@pytest.fixture
def ids(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    change = FilingChange.objects.create(
        number=world.caller_number, what="x", changed_on=date(2026, 3, 1),
        recorded_by="x", recorded_at=world.filing.registered_at,
    )  # fmt: skip
    identity = tmp_path_factory.mktemp("identity") / "identity.txt"
    identity.write_text("1")
    return {
        "CHANGE": str(change.pk),
        "SCRIPT": str(world.filing.script_id),
        "IDENTITY": str(identity),
    }


@pytest.mark.parametrize("words", TRIED, ids=lambda words: "-".join(words[:2]))
@pytest.mark.parametrize("role", ["agent", "regulator"])
def test_a_registry_is_kept_by_keepers(
    ids: dict[str, str], words: tuple[str, ...], role: str
) -> None:
    User.objects.filter(username="agent0000").update(role=role)
    last = AuditEntry.objects.latest("pk").pk

    with pytest.raises(CommandError, match=r"管理员") as caught:
        run(*(ids.get(word, word) for word in words), "--by", "agent0000")

    assert caught.value.returncode == 4
    denied = AuditEntry.objects.get(pk__gt=last)  # and nothing else
    assert (denied.action, denied.outcome) == ("access.denied", "denied")
    assert denied.object == f"command:{words[0]}"
    assert denied.actor == f"u:{User.objects.get(username='agent0000').pk}"
