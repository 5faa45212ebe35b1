"""Whether the people of consents and refusals exist is looked up once for all of a statement."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

TABLES = ("consent", "refusal")
PEOPLE = """
-- This stands in for a foreign key, which would look up and lock a person for every single row;
-- nobody can delete a person, or move its rows to nobody by giving it another id.
CREATE TRIGGER id_stays BEFORE UPDATE OF id ON compliance_person
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE FUNCTION compliance_of_somebody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added n WHERE NOT EXISTS (
                   SELECT 1 FROM compliance_person p WHERE p.id = n.person_id)) THEN
        RAISE EXCEPTION 'A row of % names a person who does not exist.', TG_TABLE_NAME
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER of_somebody AFTER INSERT ON compliance_{table} REFERENCING NEW TABLE AS added"
    f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_of_somebody();\n"
    for table in TABLES
)
PEOPLE_BACK = "".join(f"DROP TRIGGER of_somebody ON compliance_{t};\n" for t in TABLES)
PEOPLE_BACK += "DROP FUNCTION compliance_of_somebody();\n"
PEOPLE_BACK += "DROP TRIGGER id_stays ON compliance_person;\n"


def _person(related_name: str) -> models.Field:
    return models.ForeignKey(
        db_constraint=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="compliance.person",
    )


class Migration(migrations.Migration):
    """Let the trigger see to it, then the constraints go."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("compliance", "0018_decisions_stored_quicker"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(PEOPLE, PEOPLE_BACK),
        migrations.AlterField("consent", "person", _person("consents")),
        migrations.AlterField("refusal", "person", _person("refusals")),
    ]
