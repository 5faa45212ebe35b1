"""What rows point to without a foreign key keeps its id, in the database too."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

# A caller number's day and a seat's hour are counted by id: under another id they would be empty.
# Decisions, people and lists cannot be given another one already; the rest stands here.
TABLES = ("campaignfiling", "seat", "trunk", "callernumber", "consent")
STAY = "".join(
    f"CREATE TRIGGER id_stays BEFORE UPDATE OF id ON compliance_{table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();\n"
    for table in TABLES
)
STAY_BACK = "".join(f"DROP TRIGGER id_stays ON compliance_{table};\n" for table in TABLES)


class Migration(migrations.Migration):
    """Make the triggers."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("compliance", "0019_people_looked_up_at_once"),
    ]

    operations: ClassVar[list[Operation]] = [migrations.RunSQL(STAY, STAY_BACK)]
