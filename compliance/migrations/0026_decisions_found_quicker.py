"""Decisions of one seat, and those that a rule objected to, are found at once."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Add two indexes; a decision that allows a call is in the first alone."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("compliance", "0025_rule_hours")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddIndex(
            "decision", models.Index(fields=["seat", "at"], name="compliance__seat_id_3784f1_idx")
        ),
        migrations.AddIndex(
            "decision",
            GinIndex(
                fields=["objecting_rules"],
                name="decision_objections",
                condition=~models.Q(verdict="allow"),
            ),
        ),
    ]
