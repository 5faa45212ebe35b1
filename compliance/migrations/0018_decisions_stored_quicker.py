"""What every rule answered is stored as it is: compressing it kept each permit waiting."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """Change how the column is stored; what it holds stays."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("compliance", "0017_kept_as_they_were_judged"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(
            "ALTER TABLE compliance_decision ALTER answers SET STORAGE EXTERNAL",
            "ALTER TABLE compliance_decision ALTER answers SET STORAGE EXTENDED",
        ),
    ]
