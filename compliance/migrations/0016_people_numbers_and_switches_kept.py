"""Who may lift a refusal, and what of a number, a whitelist and a kill switch stays as it is."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

LIFTERS = """
-- Who lifts a refusal is in compliance or the administration, and has no part in the complaint
-- that the refusal came from.
CREATE FUNCTION compliance_may_lift(the_user bigint, the_refusal bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM compliance_user u WHERE u.id = the_user AND u.is_active
                    AND u.role IN ('compliance', 'administrator'))
       AND NOT EXISTS (SELECT 1 FROM compliance_complaint c WHERE c.refusal_id = the_refusal
                        AND compliance_is_accused(the_user, c.id))
$$;
CREATE FUNCTION compliance_liftrequest_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT compliance_may_lift(NEW.requested_by_id, NEW.refusal_id) THEN
        RAISE EXCEPTION 'Compliance lifts a refusal, and nobody whom its complaint is about.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER liftrequest_person BEFORE INSERT ON compliance_liftrequest
    FOR EACH ROW EXECUTE FUNCTION compliance_liftrequest_person();
CREATE FUNCTION compliance_refusallift_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (compliance_may_lift(NEW.first_approver_id, NEW.refusal_id)
            AND compliance_may_lift(NEW.second_approver_id, NEW.refusal_id)) THEN
        RAISE EXCEPTION 'Compliance lifts a refusal, and nobody whom its complaint is about.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refusallift_people BEFORE INSERT ON compliance_refusallift
    FOR EACH ROW EXECUTE FUNCTION compliance_refusallift_people();
"""
LIFTERS_BACK = """
DROP TRIGGER refusallift_people ON compliance_refusallift;
DROP FUNCTION compliance_refusallift_people();
DROP TRIGGER liftrequest_person ON compliance_liftrequest;
DROP FUNCTION compliance_liftrequest_person();
DROP FUNCTION compliance_may_lift(bigint, bigint);
"""

KEPT = """
-- A switch is thrown as it is thrown; all that can happen to it is its release, once.
CREATE FUNCTION compliance_killswitch_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['released_by', 'released_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
       OR OLD.released_at IS NOT NULL OR NEW.released_at IS NULL THEN
        RAISE EXCEPTION 'A kill switch can only be released, once.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER killswitch_change BEFORE UPDATE ON compliance_killswitch
    FOR EACH ROW EXECUTE FUNCTION compliance_killswitch_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_killswitch
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- Refusals are towards a person's row: under another number they would protect somebody else.
CREATE FUNCTION compliance_person_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number_index <> OLD.number_index THEN
        RAISE EXCEPTION 'A person''s row keeps its number: another number is another row.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_number BEFORE UPDATE OF number_index ON compliance_person
    FOR EACH ROW EXECUTE FUNCTION compliance_person_number();

-- What people agreed to is what the whitelist was made for.
CREATE FUNCTION compliance_whitelist_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.principal_id, NEW.purpose) IS DISTINCT FROM (OLD.principal_id, OLD.purpose) THEN
        RAISE EXCEPTION 'A whitelist keeps its principal and its purpose.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER whitelist_change BEFORE UPDATE OF principal_id, purpose ON compliance_whitelist
    FOR EACH ROW EXECUTE FUNCTION compliance_whitelist_change();
"""
KEPT_BACK = """
DROP TRIGGER whitelist_change ON compliance_whitelist;
DROP FUNCTION compliance_whitelist_change();
DROP TRIGGER person_number ON compliance_person;
DROP FUNCTION compliance_person_number();
DROP TRIGGER append_only ON compliance_killswitch;
DROP TRIGGER killswitch_change ON compliance_killswitch;
DROP FUNCTION compliance_killswitch_change();
"""


class Migration(migrations.Migration):
    """Install the guards."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("compliance", "0015_receipts_are_dated"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(LIFTERS, LIFTERS_BACK),
        migrations.RunSQL(KEPT, KEPT_BACK),
    ]
