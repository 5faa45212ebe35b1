"""What the gate knows of a person, a line, a principal and an epoch does not turn back."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

PEOPLE = """
-- What is known of a number came from its prefix, from a check, or from who wrote to us. A person
-- may turn out to be in more places than was thought, or a minor for longer; nothing is unlearned.
CREATE FUNCTION compliance_person_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number_class <> OLD.number_class OR NOT NEW.provinces @> OLD.provinces THEN
        RAISE EXCEPTION 'What a number is, and where its owner may be, is not unlearned.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.minor_until IS NOT NULL
       AND (NEW.minor_until IS NULL OR NEW.minor_until < OLD.minor_until) THEN
        RAISE EXCEPTION 'That somebody is a minor is not unlearned.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.checked_at IS DISTINCT FROM OLD.checked_at AND NOT EXISTS (
        SELECT 1 FROM compliance_numberevent e WHERE e.person_id = NEW.id
           AND e.kind = 'in_use' AND e.at = NEW.checked_at) THEN
        RAISE EXCEPTION 'Only a check of the number shows that it is in use.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_known BEFORE UPDATE ON compliance_person
    FOR EACH ROW EXECUTE FUNCTION compliance_person_known();
"""
PEOPLE_BACK = """
DROP TRIGGER person_known ON compliance_person;
DROP FUNCTION compliance_person_known();
"""

EPOCHS = """
-- Whoever keeps what was read in one epoch takes it for what stands whenever that value is back.
CREATE FUNCTION compliance_epoch_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.value <= OLD.value
       OR NEW.value > (SELECT last_value FROM compliance_epoch_values) THEN
        RAISE EXCEPTION 'An epoch never comes back, and none is taken ahead.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER epoch_change BEFORE UPDATE ON compliance_epoch
    FOR EACH ROW EXECUTE FUNCTION compliance_epoch_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
"""
EPOCHS_BACK = """
DROP TRIGGER append_only ON compliance_epoch;
DROP TRIGGER epoch_change ON compliance_epoch;
DROP FUNCTION compliance_epoch_change();
"""

LIFTS = """
-- As before, but by the ways of agreeing that are known to be outside a call, instead of by those
-- that are known not to be; and never by a consent that is dated ahead.
CREATE OR REPLACE FUNCTION compliance_liftrequest_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_refusal r
          JOIN compliance_consent c ON c.person_id = r.person_id
         WHERE r.id = NEW.refusal_id AND c.id = NEW.consent_id AND c.basis = 'consent'
           AND c.given_at > r.recorded_at AND c.given_at <= NEW.requested_at
           AND c.withdrawn_at IS NULL
           AND c.method IN ('web_form', 'app', 'mini_program', 'paper', 'sms', 'event')) THEN
        RAISE EXCEPTION 'Only the person''s own later consent, given outside a call, lifts a refusal.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
LIFTS_BACK = """
CREATE OR REPLACE FUNCTION compliance_liftrequest_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_refusal r
          JOIN compliance_consent c ON c.person_id = r.person_id
         WHERE r.id = NEW.refusal_id AND c.id = NEW.consent_id AND c.basis = 'consent'
           AND c.given_at > r.recorded_at AND c.withdrawn_at IS NULL
           AND c.method NOT IN ('recording', 'inbound_call')) THEN
        RAISE EXCEPTION 'Only the person''s own later consent, given outside a call, lifts a refusal.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""

AHEAD = """
-- What ages from an instant to come would stay young until then. A second is the clocks' own
-- difference, beyond which there are no calls.
CREATE FUNCTION compliance_not_ahead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) ->> TG_ARGV[0])::timestamptz > compliance_now() + interval '1 second' THEN
        RAISE EXCEPTION '% of % lies ahead.', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_ahead BEFORE INSERT ON compliance_channeltest
    FOR EACH ROW EXECUTE FUNCTION compliance_not_ahead('tested_at');
CREATE TRIGGER not_ahead BEFORE INSERT ON compliance_externallistedition
    FOR EACH ROW EXECUTE FUNCTION compliance_not_ahead('as_of');
CREATE TRIGGER not_ahead BEFORE INSERT ON compliance_numberevent
    FOR EACH ROW EXECUTE FUNCTION compliance_not_ahead('at');
"""
AHEAD_BACK = """
DROP TRIGGER not_ahead ON compliance_numberevent;
DROP TRIGGER not_ahead ON compliance_externallistedition;
DROP TRIGGER not_ahead ON compliance_channeltest;
DROP FUNCTION compliance_not_ahead();
"""

LINES = """
-- A line process knows its carrier from its start; a carrier trunk that turned loopback under it
-- would let a stated clock stand beside it.
CREATE FUNCTION compliance_trunk_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.kind) IS DISTINCT FROM (OLD.code, OLD.kind) THEN
        RAISE EXCEPTION 'A trunk keeps its code and its kind: another one is another trunk.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trunk_change BEFORE UPDATE OF code, kind ON compliance_trunk
    FOR EACH ROW EXECUTE FUNCTION compliance_trunk_change();
"""
LINES_BACK = """
DROP TRIGGER trunk_change ON compliance_trunk;
DROP FUNCTION compliance_trunk_change();
"""

PRINCIPALS = """
-- A refusal is towards a principal and its kind of business: the same one in other signs, or in
-- another kind of business, would be called for as if nobody had refused it.
CREATE FUNCTION compliance_name_folded(name text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(regexp_replace(normalize(name, NFKC),
                 U&'[[:space:][:punct:]\\200B\\200C\\200D\\2060\\FEFF]', '', 'g'))
$$;
CREATE UNIQUE INDEX principal_once_by_folded_name
    ON compliance_principal (compliance_name_folded(name));
CREATE UNIQUE INDEX principal_once_by_credit_code
    ON compliance_principal (compliance_name_folded(credit_code)) WHERE credit_code <> '';
CREATE FUNCTION compliance_principal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.industry <> OLD.industry
       OR (OLD.credit_code <> '' AND NEW.credit_code <> OLD.credit_code) THEN
        RAISE EXCEPTION 'A principal keeps its kind of business and its credit code.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER principal_change BEFORE UPDATE OF industry, credit_code ON compliance_principal
    FOR EACH ROW EXECUTE FUNCTION compliance_principal_change();
"""
PRINCIPALS_BACK = """
DROP TRIGGER principal_change ON compliance_principal;
DROP FUNCTION compliance_principal_change();
DROP INDEX principal_once_by_credit_code;
DROP INDEX principal_once_by_folded_name;
DROP FUNCTION compliance_name_folded(text);
"""


class Migration(migrations.Migration):
    """Install the guards."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("compliance", "0016_people_numbers_and_switches_kept"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(PEOPLE, PEOPLE_BACK),
        migrations.RunSQL(EPOCHS, EPOCHS_BACK),
        migrations.RunSQL(LIFTS, LIFTS_BACK),
        migrations.RunSQL(AHEAD, AHEAD_BACK),
        migrations.RunSQL(LINES, LINES_BACK),
        migrations.RunSQL(PRINCIPALS, PRINCIPALS_BACK),
    ]
