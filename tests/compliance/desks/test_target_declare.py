"""CN13-AGT-09: people are measured by how they treat those they call, never by how many."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from audit.models import AuditEntry
from compliance.models import ConductTarget
from compliance.services.target_declare import TargetRefusedError, target_declare
from tests.examples import FEW
from tests.undone import undone
from tests.world import MORNING, World


def declare(world: World, kind: str, percent: int = 95) -> ConductTarget:
    return target_declare(kind=kind, percent=percent, declared_by=world.people.owner, now=MORNING)


class TestTarget:
    def test_set_holds_complaints_and_refusals(self) -> None:
        assert {"complaint_handling", "refusal_handling"} <= set(ConductTarget.Kind.values)

    @pytest.mark.parametrize("kind", ConductTarget.Kind.values)
    def test_about_conduct_can_be_declared_and_changed(self, world: World, kind: str) -> None:
        declare(world, kind, 90)

        assert declare(world, kind, 95).percent == 95
        assert ConductTarget.objects.get().percent == 95

    @pytest.mark.parametrize(
        "kind",
        ["calls_per_day", "talk_minutes", "sales", "conversion", "codes_collected", "refusal_rate",
         "低拒绝率", "", "Refusal_Handling"],
    )  # fmt: skip
    def test_about_volume_or_codes_is_refused_on_the_record(self, world: World, kind: str) -> None:
        with pytest.raises(TargetRefusedError):
            declare(world, kind)

        assert not ConductTarget.objects.exists()
        assert AuditEntry.objects.filter(action="target.refused").count() == 1

    @FEW
    @given(
        kind=st.sampled_from(ConductTarget.Kind.values).flatmap(
            lambda kind: st.sampled_from([kind, f"{kind} ", kind.upper(), f"{kind}\0"])
        )
        | st.text(st.characters(), max_size=80)
        | st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
        percent=st.integers(1, 100),
    )
    @example(kind="13800138000", percent=1)
    @example(kind=f"{'案' * 53}13800138000abc", percent=1)
    def test_is_about_conduct_or_refused_on_the_record_whatever_it_is_called(
        self, world: World, kind: str, percent: int
    ) -> None:
        with undone():
            try:
                declare(world, kind, percent)
            except TargetRefusedError:
                declared = False
            else:
                declared = True

            assert declared is (kind in ConductTarget.Kind.values)
            assert ConductTarget.objects.exists() is declared
            assert AuditEntry.objects.filter(action="target.refused").exists() is not declared

    @pytest.mark.parametrize(
        ("kind", "percent"),
        [("calls_per_day", 50), ("training", 0), ("training", 101), ("sales", 1)],
    )
    def test_cannot_be_written_past_the_service(
        self, world: World, kind: str, percent: int
    ) -> None:
        with pytest.raises(IntegrityError, match="about_conduct"), transaction.atomic():
            ConductTarget.objects.create(
                kind=kind, percent=percent, declared_by=world.people.owner, declared_at=MORNING
            )

    @pytest.mark.parametrize("percent", [1, 100])
    def test_is_a_share_of_cases(self, world: World, percent: int) -> None:
        assert declare(world, "training", percent).percent == percent
