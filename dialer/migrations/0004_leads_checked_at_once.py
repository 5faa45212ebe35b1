"""Whether the people and lists of leads exist is looked up once for all leads of a statement."""

import django.db.models.deletion
from django.db import migrations, models

LEADS = """
-- This stands in for two foreign keys, each of which would look up and lock its row for every
-- single lead; nobody can delete a person or a list.
CREATE FUNCTION dialer_lead_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added n WHERE NOT EXISTS (
                   SELECT 1 FROM compliance_person p WHERE p.id = n.person_id))
       OR EXISTS (SELECT 1 FROM added n WHERE NOT EXISTS (
                   SELECT 1 FROM compliance_contactlist l WHERE l.id = n.contact_list_id)) THEN
        RAISE EXCEPTION 'A lead names a person or a list that does not exist.'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER lead_birth AFTER INSERT ON dialer_lead REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION dialer_lead_birth();
"""
LEADS_BACK = """
DROP TRIGGER lead_birth ON dialer_lead;
DROP FUNCTION dialer_lead_birth();
"""


class Migration(migrations.Migration):
    """Let the trigger see to it, then the constraints go."""

    dependencies = [
        ("compliance", "0019_people_looked_up_at_once"),
        ("dialer", "0003_wrap_ups"),
    ]

    operations = [
        migrations.RunSQL(LEADS, LEADS_BACK),
        migrations.AlterField(
            model_name="lead",
            name="contact_list",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leads",
                to="compliance.contactlist",
            ),
        ),
        migrations.AlterField(
            model_name="lead",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="leads",
                to="compliance.person",
            ),
        ),
    ]
