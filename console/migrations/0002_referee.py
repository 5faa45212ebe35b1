"""The database as referee of who is a second person, and of what stays as it was asked."""

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

VOTES = """
-- Whoever decides is somebody else, with a role that may, at another browser than the one that the
-- request came from: another account in the same browser is the same person.
CREATE FUNCTION console_vote_referee() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked console_approval%ROWTYPE;
BEGIN
    SELECT * INTO asked FROM console_approval WHERE id = NEW.approval_id FOR UPDATE;
    IF asked.state IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'It is decided already.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.verdict = 'withdrawn' THEN
        IF NEW.by_id <> asked.proposer_id THEN
            RAISE EXCEPTION 'Only whoever asked withdraws.' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.by_id = asked.proposer_id THEN
        RAISE EXCEPTION 'A second person decides.' USING ERRCODE = 'check_violation';
    ELSIF NEW.browser = asked.browser THEN
        RAISE EXCEPTION 'A second person decides, at another browser.'
            USING ERRCODE = 'check_violation';
    ELSIF NOT EXISTS (SELECT FROM compliance_user u
                       WHERE u.id = NEW.by_id AND u.is_active AND u.role = ANY (asked.roles)) THEN
        RAISE EXCEPTION 'This role does not decide it.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER vote_referee BEFORE INSERT ON console_vote
    FOR EACH ROW EXECUTE FUNCTION console_vote_referee();

-- The votes alone move the state.
CREATE FUNCTION console_vote_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE console_approval a SET state = CASE NEW.verdict
            WHEN 'approved' THEN CASE WHEN a.people <= (SELECT count(*) FROM console_vote v
                WHERE v.approval_id = a.id AND v.verdict = 'approved') THEN 'approved'
                ELSE 'open' END
            ELSE NEW.verdict END
        WHERE a.id = NEW.approval_id;
    RETURN NULL;
END $$;
CREATE TRIGGER vote_counts AFTER INSERT ON console_vote
    FOR EACH ROW EXECUTE FUNCTION console_vote_counts();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON console_vote
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
"""
VOTES_BACK = """
DROP TRIGGER append_only ON console_vote;
DROP TRIGGER vote_counts ON console_vote;
DROP FUNCTION console_vote_counts();
DROP TRIGGER vote_referee ON console_vote;
DROP FUNCTION console_vote_referee();
"""

APPROVALS = """
CREATE FUNCTION console_approval_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.carried_out_at IS NOT NULL THEN
        RAISE EXCEPTION 'What is asked for is open first.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_asked BEFORE INSERT ON console_approval
    FOR EACH ROW EXECUTE FUNCTION console_approval_asked();

CREATE FUNCTION console_approval_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'carried_out_at', 'failure_zh', 'failure_en'];
    for_it integer := (SELECT count(*) FROM console_vote v
                        WHERE v.approval_id = OLD.id AND v.verdict = 'approved');
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving OR OLD.carried_out_at IS NOT NULL THEN
        RAISE EXCEPTION 'What was asked for stays as it was asked.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state = 'open' AND CASE NEW.state
            WHEN 'approved' THEN for_it >= OLD.people
            ELSE EXISTS (SELECT FROM console_vote v
                          WHERE v.approval_id = OLD.id AND v.verdict = NEW.state) END) THEN
        RAISE EXCEPTION 'Votes alone decide it.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER approval_kept BEFORE UPDATE ON console_approval
    FOR EACH ROW EXECUTE FUNCTION console_approval_kept();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON console_approval
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
"""
APPROVALS_BACK = """
DROP TRIGGER append_only ON console_approval;
DROP TRIGGER approval_kept ON console_approval;
DROP FUNCTION console_approval_kept();
DROP TRIGGER approval_asked ON console_approval;
DROP FUNCTION console_approval_asked();
"""


class Migration(migrations.Migration):
    """Install the guards."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("console", "0001_approvals_and_jobs"),
        ("compliance", "0021_roles"),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.RunSQL(VOTES, VOTES_BACK),
        migrations.RunSQL(APPROVALS, APPROVALS_BACK),
    ]
