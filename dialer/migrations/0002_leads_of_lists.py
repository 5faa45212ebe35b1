"""A lead stays in the campaign and list that it came with, and its list's use is noted."""

from django.db import migrations

LEADS = """
-- Whoever adds leads, by whatever path, notes with them which list the campaign draws from: the
-- rulebook judges the lists of a campaign by it.
CREATE FUNCTION dialer_lead_list_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM added n JOIN dialer_campaign c ON c.id = n.campaign_id
         WHERE NOT EXISTS (
            SELECT 1 FROM compliance_listuse u
             WHERE u.filing_id = c.filing_id AND u.contact_list_id = n.contact_list_id)) THEN
        INSERT INTO compliance_listuse (filing_id, contact_list_id)
        SELECT DISTINCT c.filing_id, n.contact_list_id
          FROM added n JOIN dialer_campaign c ON c.id = n.campaign_id
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER list_use AFTER INSERT ON dialer_lead REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION dialer_lead_list_use();

-- No lead is handed on to another campaign, person or list: there is no shared pool.
CREATE FUNCTION dialer_lead_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.campaign_id, NEW.person_id, NEW.contact_list_id)
       <> (OLD.campaign_id, OLD.person_id, OLD.contact_list_id) THEN
        RAISE EXCEPTION 'A lead cannot be handed on to another campaign, person or list.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lead_stays BEFORE UPDATE OF campaign_id, person_id, contact_list_id ON dialer_lead
    FOR EACH ROW EXECUTE FUNCTION dialer_lead_stays();

INSERT INTO compliance_listuse (filing_id, contact_list_id)
SELECT DISTINCT c.filing_id, l.contact_list_id
  FROM dialer_lead l JOIN dialer_campaign c ON c.id = l.campaign_id
ON CONFLICT DO NOTHING;
"""
LEADS_BACK = """
DROP TRIGGER lead_stays ON dialer_lead;
DROP FUNCTION dialer_lead_stays();
DROP TRIGGER list_use ON dialer_lead;
DROP FUNCTION dialer_lead_list_use();
"""


class Migration(migrations.Migration):
    """Install the guards."""

    dependencies = [("dialer", "0001_records"), ("compliance", "0004_lists_and_scripts")]
    operations = [migrations.RunSQL(LEADS, LEADS_BACK)]
