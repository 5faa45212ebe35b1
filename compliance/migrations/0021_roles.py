"""What the application's own role needs and must not do: a place for imports, roles of people."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

# Whoever imports a list makes tables. In a schema of their own, which is on nobody's search_path,
# they can stand before no other; in `public` the application makes nothing.
IMPORTS = """
CREATE SCHEMA IF NOT EXISTS yunhu_import;
DO $do$ DECLARE one regclass; BEGIN
    FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind = 'r' AND relname ~ '^import_[0-9]+_(staged|rejected)$' LOOP
        EXECUTE format('ALTER TABLE %s SET SCHEMA yunhu_import', one);
    END LOOP;
END $do$;
"""

PEOPLE = """
-- Somebody in another role is another account. Only who owns the table can say otherwise; the
-- application logs in as somebody else (manage.py database_roles).
CREATE FUNCTION compliance_user_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.username, NEW.real_name, NEW.role, NEW.is_superuser, NEW.is_staff)
           IS DISTINCT FROM
       (OLD.id, OLD.username, OLD.real_name, OLD.role, OLD.is_superuser, OLD.is_staff)
       AND NOT pg_has_role(current_user,
           (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RAISE EXCEPTION 'An account keeps its name and its role: another role is another account.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER user_stays BEFORE UPDATE ON compliance_user
    FOR EACH ROW EXECUTE FUNCTION compliance_user_stays();
"""
PEOPLE_BACK = """
DROP TRIGGER user_stays ON compliance_user;
DROP FUNCTION compliance_user_stays();
"""


class Migration(migrations.Migration):
    """Make the schema and the guard."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("compliance", "0020_ids_stay")]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(IMPORTS, "DROP SCHEMA yunhu_import CASCADE"),
        migrations.RunSQL(PEOPLE, PEOPLE_BACK),
    ]
