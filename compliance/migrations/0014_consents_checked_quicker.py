"""The same check of a consent's digests, without counting signs in a regular expression."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.db.migrations.operations.base import Operation

SIGNS = "^[0-9a-f]+$"


class Migration(migrations.Migration):
    """Replace the check."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("compliance", "0013_regimes_and_switches"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RemoveConstraint(model_name="consent", name="consent_has_evidence"),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    Exact(Length("evidence_sha256"), 64),
                    Exact(Length("text_shown_sha256"), 64),
                    ("evidence_sha256__regex", SIGNS),
                    ("explicit", True),
                    ("text_shown_sha256__regex", SIGNS),
                    models.Q(("method", ""), _negated=True),
                ),
                name="consent_has_evidence",
            ),
        ),
    ]
