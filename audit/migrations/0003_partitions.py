"""Keep the entries in one partition for each month, so that a month can end as a whole.

A unique index of a partitioned table must hold the column that parts it. So each partition has
its own on `eid`, and an entry's `ts` must be of the very millisecond that its UUIDv7 tells: an
`eid` can only ever belong to one partition, and is in it once.

There is no way back: unmaking these guards is not something that a migration may do.
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = "id, eid, ts, tenant, action, actor, object, outcome, body, mac, kid"

SET_ASIDE = """
ALTER TABLE audit_entry RENAME TO audit_entry_before;
ALTER SEQUENCE audit_entry_id_seq RENAME TO audit_entry_before_id_seq;
ALTER TABLE audit_entry_before RENAME CONSTRAINT audit_entry_pkey TO audit_entry_before_pkey;
DROP INDEX audit_entry_object, audit_entry_actor, audit_entry_ts;
"""

# Nobody chooses an `id`: PostgreSQL before 17 would let those who write to a partition itself do
# so, and therefore nobody may (audit_partition_deny, below).
TABLE = """
CREATE TABLE audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME audit_entry_id_seq) NOT NULL,
    eid uuid NOT NULL,
    ts timestamptz NOT NULL,
    tenant varchar(64) NOT NULL,
    action varchar(64) NOT NULL,
    actor varchar(160) NOT NULL,
    object varchar(160) NOT NULL,
    outcome varchar(8) NOT NULL,
    body bytea NOT NULL,
    mac bytea NOT NULL,
    kid varchar(16) NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (id, ts),
    CONSTRAINT audit_entry_outcome_known CHECK (outcome IN ('ok', 'denied', 'error'))
) PARTITION BY RANGE (ts);
CREATE INDEX audit_entry_object ON audit_entry (object, id);
CREATE INDEX audit_entry_actor ON audit_entry (actor, id);
CREATE INDEX audit_entry_ts ON audit_entry (ts);
"""

# Its owner's rights let the application's own schedule make the months to come, and do nothing
# else to a partition. A statement on audit_entry fires the triggers of audit_entry alone, so the
# guard of a partition costs an entry nothing and refuses whoever names the partition itself.
MAKE = """
DO $do$
BEGIN
    EXECUTE format($create$
        CREATE FUNCTION %1$I.audit_partition_guard(part text) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
        BEGIN
            EXECUTE format('CREATE UNIQUE INDEX %%I ON %1$I.%%I (eid)', part || '_eid', part);
            EXECUTE format('CREATE TRIGGER audit_partition_deny'
                ' BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %1$I.%%I'
                ' FOR EACH STATEMENT EXECUTE FUNCTION %1$I.audit_deny()', part);
            EXECUTE format('ALTER TABLE %1$I.%%I ENABLE ALWAYS TRIGGER audit_partition_deny',
                part);
        END
        $body$;

        CREATE FUNCTION %1$I.audit_partition_make(month date) RETURNS text
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
        DECLARE
            part text := 'audit_entry_' || to_char(month, 'YYYY_MM');
            lo timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
            hi timestamptz := (date_trunc('month', month::timestamp) + interval '1 month')
                AT TIME ZONE 'UTC';
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtext('audit_partition_make'));
            IF to_regclass(format('%1$I.%%I', part)) IS NOT NULL THEN
                RETURN NULL;
            END IF;
            -- What came before its month was made stays where it is, and the month with it.
            IF EXISTS (SELECT FROM %1$I.audit_entry_default WHERE ts >= lo AND ts < hi) THEN
                RETURN NULL;
            END IF;
            EXECUTE format('CREATE TABLE %1$I.%%I (LIKE %1$I.audit_entry'
                ' INCLUDING CONSTRAINTS INCLUDING STORAGE)', part);
            PERFORM %1$I.audit_partition_guard(part);
            -- Beside the table and then attached: entries go on being written meanwhile.
            EXECUTE format('ALTER TABLE %1$I.audit_entry ATTACH PARTITION %1$I.%%I'
                ' FOR VALUES FROM (%%L) TO (%%L)', part, lo, hi);
            RETURN part;
        END
        $body$;

        CREATE FUNCTION %1$I.audit_partitions_ahead(months integer) RETURNS SETOF text
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
            SELECT part FROM generate_series(0, least(months, 60)) AS ahead,
                %1$I.audit_partition_make((date_trunc('month', now() AT TIME ZONE 'UTC')
                    + ahead * interval '1 month')::date) AS part
            WHERE part IS NOT NULL
        $body$;

        CREATE TABLE %1$I.audit_entry_default PARTITION OF %1$I.audit_entry DEFAULT;
        SELECT %1$I.audit_partition_guard('audit_entry_default');
    $create$, current_schema());
END
$do$;
REVOKE ALL ON FUNCTION audit_partition_guard(text), audit_partition_make(date),
    audit_partitions_ahead(integer) FROM PUBLIC;
SELECT audit_partition_make(month::date)
    FROM (SELECT min(ts) AT TIME ZONE 'UTC' AS oldest FROM audit_entry_before) AS entries,
    generate_series(date_trunc('month', greatest(oldest, now() - interval '120 months')),
        now() AT TIME ZONE 'UTC', interval '1 month') AS month
    WHERE oldest IS NOT NULL;
SELECT audit_partitions_ahead(24);
"""

MOVE = f"""
INSERT INTO audit_entry ({COLUMNS}) OVERRIDING SYSTEM VALUE
    SELECT {COLUMNS} FROM audit_entry_before ORDER BY id;
SELECT setval('audit_entry_id_seq', last_value, is_called) FROM audit_entry_before_id_seq;
DROP TABLE audit_entry_before;
"""  # noqa: S608 - constants

# ALWAYS, both: under session_replication_role = replica, too, an entry is queued for sealing. What
# `eid` says is checked here and not by a constraint, which PostgreSQL would read anew for each
# statement: measured, that made every entry 20 µs later.
GUARDS = """
DO $do$
BEGIN
    EXECUTE format($create$
        CREATE OR REPLACE FUNCTION %1$I.audit_entry_queue() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
        BEGIN
            -- RFC 9562 5.7: the first 48 bits of a UUIDv7 are the milliseconds since 1970
            IF ('x' || translate(left(NEW.eid::text, 13), '-', ''))::bit(48)::bigint
                    <> floor(extract(epoch FROM NEW.ts) * 1000) THEN
                RAISE EXCEPTION '标识与时间不符 / eid %% is not of the millisecond of its ts.',
                    NEW.eid USING ERRCODE = 'check_violation';
            END IF;
            INSERT INTO %1$I.audit_pending (entry_id) VALUES (NEW.id);
            RETURN NULL;
        END
        $body$
    $create$, current_schema());
END
$do$;
CREATE TRIGGER audit_entry_queue AFTER INSERT ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_queue();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_queue;
CREATE TRIGGER audit_entry_deny BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_deny;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guards")]
    operations = [
        migrations.AlterField(
            model_name="auditpii",
            name="entry",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="personal",
                to="audit.auditentry",
            ),
        ),
        migrations.RunSQL([SET_ASIDE, TABLE, MAKE, MOVE, GUARDS]),
    ]
