"""Make the audit trail append-only and queue every entry for sealing.

There is no way back: unmaking these guards is not something that a migration may do.
"""

from django.db import migrations

IDENTITY = "ALTER TABLE audit_entry ALTER COLUMN id SET GENERATED ALWAYS;"

# Its owner's rights let a role that may only add entries queue them, and do nothing else to the
# queue. Every name is qualified, so that no one's search_path can put another table in its place.
QUEUE = """
DO $do$
BEGIN
    EXECUTE format($create$
        CREATE FUNCTION %1$I.audit_entry_queue() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
        BEGIN
            INSERT INTO %1$I.audit_pending (entry_id) VALUES (NEW.id);
            RETURN NULL;
        END
        $body$
    $create$, current_schema());
END
$do$;
REVOKE ALL ON FUNCTION audit_entry_queue() FROM PUBLIC;
CREATE TRIGGER audit_entry_queue AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_queue();
"""

# Statement triggers fire for a statement that would touch no row, too. ALWAYS: they also fire
# under session_replication_role = replica, which switches ordinary triggers off.
DENY = """
CREATE FUNCTION audit_deny() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RAISE EXCEPTION '审计记录只增不改 / The audit trail is append-only: % on % is refused.',
        TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$body$;

CREATE TRIGGER audit_entry_deny BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_deny;

-- The sequencer takes entries off the queue one by one; nobody empties or rewrites it.
CREATE TRIGGER audit_pending_deny BEFORE UPDATE OR TRUNCATE ON audit_pending
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_pending ENABLE ALWAYS TRIGGER audit_pending_deny;

-- Personal data can be erased, row by row; it cannot be changed.
CREATE TRIGGER audit_pii_deny BEFORE UPDATE OR TRUNCATE ON audit_pii
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_pii ENABLE ALWAYS TRIGGER audit_pii_deny;
"""

# A plain INSERT that a trigger or a rule swallowed would look like success.
COUNTED = """
CREATE FUNCTION audit_all_written(written bigint, expected bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    IF written <> expected THEN
        RAISE EXCEPTION '审计记录没有写入 / The audit trail took % of % entries.',
            written, expected
            USING ERRCODE = 'data_exception';
    END IF;
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_tables")]
    operations = [
        migrations.RunSQL(IDENTITY),
        migrations.RunSQL(QUEUE),
        migrations.RunSQL(DENY),
        migrations.RunSQL(COUNTED),
    ]
