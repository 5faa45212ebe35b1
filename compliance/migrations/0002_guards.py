"""The database as referee: what may change, which arrows exist, and the clock it goes by."""

from django.db import migrations

CLOCK = """
CREATE FUNCTION compliance_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(
        (SELECT CASE WHEN running THEN base_at + (clock_timestamp() - started_at) ELSE base_at END
           FROM compliance_democlock),
        clock_timestamp())
$$;

-- Microseconds since 1970, exact, for instants inside JSON.
CREATE FUNCTION compliance_us(timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (extract(epoch FROM $1) * 1000000)::bigint
$$;

-- A stated clock and a trunk to the public network never stand side by side.
CREATE FUNCTION compliance_demo_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(72057594037927936 * 9);
    IF EXISTS (SELECT 1 FROM compliance_democlock)
       AND EXISTS (SELECT 1 FROM compliance_trunk WHERE kind <> 'loopback') THEN
        RAISE EXCEPTION 'A demo clock and a carrier trunk cannot be in one database.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER demo_apart AFTER INSERT OR UPDATE ON compliance_democlock
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_demo_apart();
CREATE TRIGGER demo_apart AFTER INSERT OR UPDATE ON compliance_trunk
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_demo_apart();
"""
CLOCK_BACK = """
DROP TRIGGER demo_apart ON compliance_democlock;
DROP TRIGGER demo_apart ON compliance_trunk;
DROP FUNCTION compliance_demo_apart();
DROP FUNCTION compliance_us(timestamptz);
DROP FUNCTION compliance_now();
"""

EPOCH_TABLES = (
    "operator licence principal mandate trunk callernumber callernumber_trunks campaignfiling "
    "scriptversion seat killswitch democlock"
).split()
EPOCH = """
-- A sequence never gives a value twice, not even after a rollback, and it starts at the present
-- second: whoever keeps what was read in one epoch never takes another one for it.
CREATE SEQUENCE compliance_epoch_values;
SELECT setval('compliance_epoch_values', (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
INSERT INTO compliance_epoch (sole, value) VALUES (true, nextval('compliance_epoch_values'));
CREATE FUNCTION compliance_epoch_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_epoch SET value = nextval('compliance_epoch_values');
    RETURN NULL;
END $$;
""" + "".join(
    f"CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    f" ON compliance_{table} FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();\n"
    for table in EPOCH_TABLES
)
EPOCH_BACK = (
    "".join(f"DROP TRIGGER epoch_up ON compliance_{table};\n" for table in EPOCH_TABLES)
    + "DROP FUNCTION compliance_epoch_up(); DELETE FROM compliance_epoch;"
    + "DROP SEQUENCE compliance_epoch_values;"
)

APPEND_ONLY = """
CREATE FUNCTION compliance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused.', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_decision
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_permit
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_consent
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_campaignfiling
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_seat
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_person
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- A consent is written once; the only later change is one withdrawal.
CREATE FUNCTION compliance_consent_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'withdrawn_at' <> to_jsonb(OLD) - 'withdrawn_at'
       OR OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL THEN
        RAISE EXCEPTION 'A consent can only be withdrawn, once.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_change BEFORE UPDATE ON compliance_consent
    FOR EACH ROW EXECUTE FUNCTION compliance_consent_change();

-- A permit moves only along its arrows, and what it was signed over never changes.
CREATE FUNCTION compliance_permit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'redeemed_at', 'ended_at', 'result', 'talk_seconds',
                           'void_reason'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'A permit cannot be altered.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('issued', 'redeemed'), ('issued', 'expired'),
                                      ('issued', 'void'), ('redeemed', 'closed')) THEN
        RAISE EXCEPTION 'A permit cannot go from % to %.', OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.redeemed_at IS NOT NULL AND NEW.redeemed_at IS DISTINCT FROM OLD.redeemed_at THEN
        RAISE EXCEPTION 'A redemption cannot be moved.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER permit_change BEFORE UPDATE ON compliance_permit
    FOR EACH ROW EXECUTE FUNCTION compliance_permit_change();

-- A decision is about rows that exist. This stands in for three foreign keys, each of which would
-- lock its row again at every commit; none of those rows can be deleted.
CREATE FUNCTION compliance_decision_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_campaignfiling f, compliance_person p
         WHERE f.id = NEW.filing_id AND p.id = NEW.person_id
           AND (NEW.seat_id IS NULL
                OR EXISTS (SELECT 1 FROM compliance_seat s WHERE s.id = NEW.seat_id))) THEN
        RAISE EXCEPTION 'A decision names a filing, a person or a seat that does not exist.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_birth BEFORE INSERT ON compliance_decision
    FOR EACH ROW EXECUTE FUNCTION compliance_decision_birth();

-- A permit is born open, from a decision that allowed this very call, over the line and number of
-- its filing, on a consent of its callee. This stands in for seven foreign keys, which would take
-- a lock on each of those rows and would not ask whether they belong together.
CREATE FUNCTION compliance_permit_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'issued' OR NOT EXISTS (
        SELECT 1 FROM compliance_decision d
          JOIN compliance_campaignfiling f ON f.id = d.filing_id
          JOIN compliance_consent c ON c.id = NEW.consent_id AND c.person_id = d.person_id
         WHERE d.id = NEW.decision_id AND d.verdict = 'allow' AND d.kind = 'permit'
           AND d.person_id = NEW.person_id AND d.filing_id = NEW.filing_id
           AND d.seat_id = NEW.seat_id AND f.trunk_id = NEW.trunk_id
           AND f.caller_number_id = NEW.caller_number_id) THEN
        RAISE EXCEPTION 'A permit needs a decision that allowed this very call.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER permit_birth BEFORE INSERT ON compliance_permit
    FOR EACH ROW EXECUTE FUNCTION compliance_permit_birth();

-- A filing's elements stay as they were registered; only its state moves on.
CREATE FUNCTION compliance_filing_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'approver_id', 'activated_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
       OR (OLD.approver_id IS NOT NULL AND NEW.approver_id IS DISTINCT FROM OLD.approver_id) THEN
        RAISE EXCEPTION 'A filing cannot be altered: register a new campaign.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'closed' OR (OLD.state <> 'draft' AND NEW.state = 'draft') THEN
        RAISE EXCEPTION 'A filing cannot go from % to %.', OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filing_change BEFORE UPDATE ON compliance_campaignfiling
    FOR EACH ROW EXECUTE FUNCTION compliance_filing_change();
"""
APPEND_ONLY_BACK = """
DROP TRIGGER filing_change ON compliance_campaignfiling;
DROP FUNCTION compliance_filing_change();
DROP TRIGGER permit_birth ON compliance_permit;
DROP FUNCTION compliance_permit_birth();
DROP TRIGGER decision_birth ON compliance_decision;
DROP FUNCTION compliance_decision_birth();
DROP TRIGGER permit_change ON compliance_permit;
DROP FUNCTION compliance_permit_change();
DROP TRIGGER consent_change ON compliance_consent;
DROP FUNCTION compliance_consent_change();
DROP TRIGGER append_only ON compliance_person;
DROP TRIGGER append_only ON compliance_seat;
DROP TRIGGER append_only ON compliance_campaignfiling;
DROP TRIGGER append_only ON compliance_consent;
DROP TRIGGER append_only ON compliance_permit;
DROP TRIGGER append_only ON compliance_decision;
DROP TRIGGER append_only ON compliance_refusal;
DROP FUNCTION compliance_append_only();
"""


class Migration(migrations.Migration):
    """Install the guards."""

    dependencies = [("compliance", "0001_records")]
    operations = [
        migrations.RunSQL(CLOCK, CLOCK_BACK),
        migrations.RunSQL(EPOCH, EPOCH_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
    ]
