"""What agents write down after calls, and the guard that a refusal in a call stays one."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dialer_wrapup
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- An agent writes about the calls of its own seat.
CREATE FUNCTION dialer_wrap_up_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM dialer_attempt a JOIN compliance_permit p ON p.id = a.permit_id
         WHERE a.id = NEW.attempt_id AND p.seat_id = NEW.seat_id) THEN
        RAISE EXCEPTION 'A wrap-up is about a call of its own seat.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER wrap_up_birth BEFORE INSERT ON dialer_wrapup
    FOR EACH ROW EXECUTE FUNCTION dialer_wrap_up_birth();

-- CN13-REF-04: a call in which the person said no is a refusal, whoever writes otherwise.
CREATE FUNCTION dialer_attempt_keeps_refusal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.disposition = 'refused' OR EXISTS (
        SELECT 1 FROM compliance_permit p JOIN compliance_refusal r ON r.person_id = p.person_id
         WHERE p.id = NEW.permit_id AND r.evidence = 'permit:' || p.id::text) THEN
        RAISE EXCEPTION 'The person refused in this call; nothing else can become of it.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keeps_refusal BEFORE UPDATE OF disposition ON dialer_attempt FOR EACH ROW
    WHEN (NEW.disposition IS DISTINCT FROM OLD.disposition AND NEW.disposition <> 'refused')
    EXECUTE FUNCTION dialer_attempt_keeps_refusal();
"""
GUARDS_BACK = """
DROP TRIGGER keeps_refusal ON dialer_attempt;
DROP FUNCTION dialer_attempt_keeps_refusal();
DROP TRIGGER wrap_up_birth ON dialer_wrapup;
DROP FUNCTION dialer_wrap_up_birth();
DROP TRIGGER append_only ON dialer_wrapup;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0011_complaints_by_outlet'),
        ('dialer', '0002_leads_of_lists'),
    ]

    operations = [
        migrations.CreateModel(
            name='WrapUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(choices=[('talked', 'talked with the person'), ('call_again', 'the person named another time'), ('wrong_person', 'somebody else answered'), ('nobody', 'nobody spoke'), ('refused', 'wants no more calls of this kind'), ('refused_all', 'wants no more calls from anybody')], max_length=16)),
                ('said_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wrap_ups', to='dialer.attempt')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.seat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('said__in', ['talked', 'call_again', 'wrong_person', 'nobody', 'refused', 'refused_all'])), name='wrap_up_is_on_the_list')],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
