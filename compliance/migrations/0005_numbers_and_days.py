"""Protected and recycled numbers, years by their notices, and quiet days."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


EPOCH_TABLES = "calendaryear quietdays protectednumber".split()
EPOCH = "".join(
    f"CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    f" ON compliance_{table} FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();\n"
    for table in EPOCH_TABLES
)
EPOCH_BACK = "".join(f"DROP TRIGGER epoch_up ON compliance_{table};\n" for table in EPOCH_TABLES)

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_protectednumber
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_numberevent
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_calendaryear
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_quietdays
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- What a person proposed stays as it was proposed; a second one's approval is the only change.
CREATE FUNCTION compliance_calendaryear_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['approved_by_id', 'approved_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving OR OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'A calendar year cannot be altered: propose it anew.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER calendaryear_change BEFORE UPDATE ON compliance_calendaryear
    FOR EACH ROW EXECUTE FUNCTION compliance_calendaryear_change();
CREATE FUNCTION compliance_calendaryear_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'A calendar year is proposed before it is approved.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER calendaryear_birth BEFORE INSERT ON compliance_calendaryear
    FOR EACH ROW EXECUTE FUNCTION compliance_calendaryear_birth();

-- Declared quiet days stay; one person may ask for their end, and only another one ends them.
CREATE FUNCTION compliance_quietdays_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['revoke_asked_by_id', 'revoked_by_id', 'revoked_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving OR OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'Quiet days cannot be altered.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.revoked_at IS NOT NULL AND (OLD.revoke_asked_by_id IS NULL
       OR NEW.revoke_asked_by_id <> OLD.revoke_asked_by_id) THEN
        RAISE EXCEPTION 'One person asks for the end of quiet days before another ends them.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quietdays_change BEFORE UPDATE ON compliance_quietdays
    FOR EACH ROW EXECUTE FUNCTION compliance_quietdays_change();
CREATE FUNCTION compliance_quietdays_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.revoked_at IS NOT NULL OR NEW.revoke_asked_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'Quiet days are declared before they are taken back.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quietdays_birth BEFORE INSERT ON compliance_quietdays
    FOR EACH ROW EXECUTE FUNCTION compliance_quietdays_birth();

-- What is known of a number is kept beside it, for the gate to read with the rest of its row.
CREATE FUNCTION compliance_numberevent_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_person
       SET vacant_at = CASE WHEN NEW.kind <> 'in_use' THEN greatest(vacant_at, NEW.at)
                            ELSE vacant_at END,
           checked_at = CASE WHEN NEW.kind = 'in_use' THEN greatest(checked_at, NEW.at)
                             ELSE checked_at END
     WHERE id = NEW.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER numberevent_told AFTER INSERT ON compliance_numberevent
    FOR EACH ROW EXECUTE FUNCTION compliance_numberevent_told();

CREATE FUNCTION compliance_person_vacancy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.vacant_at IS NULL AND OLD.vacant_at IS NOT NULL OR NEW.vacant_at < OLD.vacant_at THEN
        RAISE EXCEPTION 'That a number was nobody''s is not unlearned.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_vacancy BEFORE UPDATE OF vacant_at ON compliance_person
    FOR EACH ROW EXECUTE FUNCTION compliance_person_vacancy();
"""
GUARDS_BACK = """
DROP TRIGGER person_vacancy ON compliance_person;
DROP FUNCTION compliance_person_vacancy();
DROP TRIGGER numberevent_told ON compliance_numberevent;
DROP FUNCTION compliance_numberevent_told();
DROP TRIGGER quietdays_birth ON compliance_quietdays;
DROP FUNCTION compliance_quietdays_birth();
DROP TRIGGER quietdays_change ON compliance_quietdays;
DROP FUNCTION compliance_quietdays_change();
DROP TRIGGER calendaryear_birth ON compliance_calendaryear;
DROP FUNCTION compliance_calendaryear_birth();
DROP TRIGGER calendaryear_change ON compliance_calendaryear;
DROP FUNCTION compliance_calendaryear_change();
DROP TRIGGER append_only ON compliance_quietdays;
DROP TRIGGER append_only ON compliance_calendaryear;
DROP TRIGGER append_only ON compliance_numberevent;
DROP TRIGGER append_only ON compliance_protectednumber;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0004_lists_and_scripts'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProtectedNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number_index', models.BinaryField(unique=True)),
                ('kind', models.CharField(choices=[('rescue', 'emergency or rescue desk'), ('hospital', 'hospital'), ('school', 'school'), ('authority', 'public authority'), ('hotline', 'public hotline')], max_length=16)),
                ('organisation', models.CharField(max_length=128)),
                ('source', models.CharField(max_length=128)),
                ('added_by', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='person',
            name='checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='vacant_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='trunk',
            name='barred_provinces',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list, size=None),
        ),
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('notice_number', models.CharField(max_length=64)),
                ('notice_sha256', models.CharField(max_length=64)),
                ('days', models.CharField(max_length=366)),
                ('sha256', models.CharField(max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), models.Q(('approved_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='calendar_year_needs_two_people'), models.CheckConstraint(condition=models.Q(('days__regex', '^[wo]{200}[wo]{165,166}$'), ('notice_sha256__regex', '^[0-9a-f]{64}$'), ('year__gte', 2020), ('year__lt', 2100), models.Q(('notice_number', ''), _negated=True)), name='calendar_year_is_whole')],
            },
        ),
        migrations.CreateModel(
            name='NumberEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('empty', 'nobody has the number'), ('activated', 'somebody was given the number'), ('in_use', 'the number is in use')], max_length=16)),
                ('at', models.DateTimeField()),
                ('source', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='number_events', to='compliance.person')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'at'], name='compliance__person__51f525_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('at__lte', models.F('recorded_at'))), name='number_event_is_not_ahead')],
            },
        ),
        migrations.CreateModel(
            name='QuietDays',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('provinces', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), size=None)),
                ('reason', models.CharField(max_length=128)),
                ('source', models.CharField(max_length=128)),
                ('declared_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoke_asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day')), ('provinces__len__gt', 0)), name='quiet_days_are_days_somewhere'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoke_asked_by__isnull', False), ('revoked_at__isnull', False), ('revoked_by__isnull', False), models.Q(('revoked_by', models.F('revoke_asked_by')), _negated=True)), _connector='OR'), name='quiet_days_end_by_two_people')],
            },
        ),
        migrations.RunSQL(EPOCH, EPOCH_BACK),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
