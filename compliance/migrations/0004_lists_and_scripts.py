"""Scripts in steps; lists with a state, an impact assessment and an end."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_scriptversion
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_impactassessment
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_listdeletion
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_listuse
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_honeypot
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_contactlist
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON compliance_contactlist
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();
CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON compliance_listuse
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();
CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON compliance_honeypot
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();

-- PIPL 23 and 55: whoever hands people on shows their separate consent, and somebody has assessed
-- what a list of this source does to them.
CREATE FUNCTION compliance_list_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.released_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'A list begins open.' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.transfer_sha256 = '' AND NOT EXISTS (
        SELECT 1 FROM compliance_principal p
         WHERE p.id = NEW.principal_id AND p.name = NEW.collected_by) THEN
        RAISE EXCEPTION 'Somebody other than the principal collected the list: '
            'the separate consent to hand it on is missing.' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM compliance_impactassessment a
         WHERE a.id = NEW.assessment_id AND a.principal_id = NEW.principal_id
           AND NEW.source = ANY (a.sources) AND a.entrusted_processing) THEN
        RAISE EXCEPTION 'No impact assessment of the principal covers the list.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_birth BEFORE INSERT ON compliance_contactlist
    FOR EACH ROW EXECUTE FUNCTION compliance_list_birth();

-- A declaration stays as it was declared. A frozen list can only be retired, a retired one never
-- changes again, and a held one opens only by a second person's name.
CREATE FUNCTION compliance_list_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['state', 'cause', 'released_by_id'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving THEN
        RAISE EXCEPTION 'A declared list cannot be altered.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (('open', 'held'), ('open', 'frozen'), ('held', 'frozen'),
            ('held', 'open'), ('open', 'retired'), ('held', 'retired'), ('frozen', 'retired')) THEN
        RAISE EXCEPTION 'A list cannot go from % to %.', OLD.state, NEW.state
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state IN ('held', 'frozen') AND NEW.released_by_id IS NOT NULL THEN
        RAISE EXCEPTION 'Nobody has released a list that is being stopped.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'open' AND NEW.released_by_id IS NULL THEN
        RAISE EXCEPTION 'A held list is opened by a second person, under their name.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_change BEFORE UPDATE ON compliance_contactlist
    FOR EACH ROW EXECUTE FUNCTION compliance_list_change();

-- One principal and one purpose for every list, and so for every lead: no shared pool.
CREATE FUNCTION compliance_list_use_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_contactlist l
          JOIN compliance_campaignfiling f ON f.id = NEW.filing_id
         WHERE l.id = NEW.contact_list_id AND l.principal_id = f.principal_id) THEN
        RAISE EXCEPTION 'The list belongs to another principal.'
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM compliance_listuse u
          JOIN compliance_campaignfiling g ON g.id = u.filing_id
          JOIN compliance_campaignfiling f ON f.id = NEW.filing_id
         WHERE u.contact_list_id = NEW.contact_list_id AND g.purpose <> f.purpose) THEN
        RAISE EXCEPTION 'The list serves another purpose already.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_use_birth BEFORE INSERT ON compliance_listuse
    FOR EACH ROW EXECUTE FUNCTION compliance_list_use_birth();

-- Impact assessments are kept for three years at least (PIPL 56).
ALTER TABLE compliance_impactassessment ADD CONSTRAINT assessment_is_kept
    CHECK (keep_until >= assessed_on + interval '3 years');
"""
GUARDS_BACK = """
ALTER TABLE compliance_impactassessment DROP CONSTRAINT assessment_is_kept;
DROP TRIGGER list_use_birth ON compliance_listuse;
DROP FUNCTION compliance_list_use_birth();
DROP TRIGGER list_change ON compliance_contactlist;
DROP FUNCTION compliance_list_change();
DROP TRIGGER list_birth ON compliance_contactlist;
DROP FUNCTION compliance_list_birth();
DROP TRIGGER epoch_up ON compliance_honeypot;
DROP TRIGGER epoch_up ON compliance_listuse;
DROP TRIGGER epoch_up ON compliance_contactlist;
DROP TRIGGER append_only ON compliance_contactlist;
DROP TRIGGER append_only ON compliance_honeypot;
DROP TRIGGER append_only ON compliance_listuse;
DROP TRIGGER append_only ON compliance_listdeletion;
DROP TRIGGER append_only ON compliance_impactassessment;
DROP TRIGGER append_only ON compliance_scriptversion;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0003_complaints'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListDeletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leads', models.PositiveIntegerField()),
                ('names', models.PositiveIntegerField()),
                ('references', models.PositiveIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('deleted_by', models.CharField(max_length=64)),
                ('deleted_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ListUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.AddField(
            model_name='contactlist',
            name='cause',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.AddField(
            model_name='contactlist',
            name='collected_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='contactlist',
            name='released_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='contactlist',
            name='state',
            field=models.CharField(choices=[('open', 'open'), ('held', 'held until somebody in compliance has looked'), ('frozen', 'frozen for good'), ('retired', 'aged out, its personal data deleted')], default='open', max_length=8),
        ),
        migrations.AddField(
            model_name='contactlist',
            name='transfer_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='person',
            name='minor_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='scriptversion',
            name='lexicon_sha256',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='scriptversion',
            name='principal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.principal'),
        ),
        migrations.AddField(
            model_name='scriptversion',
            name='purpose',
            field=models.CharField(blank=True, choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2),
        ),
        migrations.AddField(
            model_name='scriptversion',
            name='steps',
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name='Honeypot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number_index', models.BinaryField(unique=True)),
                ('place', models.CharField(max_length=128)),
                ('planted_at', models.DateTimeField()),
                ('planted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImpactAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sources', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('own_customers', "the principal's own customers"), ('own_form', "the principal's own web or app form"), ('inbound_call', 'inbound calls'), ('event', 'event sign-up with notice'), ('principal', 'provided by the principal under its mandate')], max_length=16), size=None)),
                ('automated_decisions', models.BooleanField()),
                ('entrusted_processing', models.BooleanField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('assessed_on', models.DateField()),
                ('keep_until', models.DateField()),
                ('approved_at', models.DateTimeField()),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='compliance.principal')),
            ],
        ),
        migrations.AddField(
            model_name='contactlist',
            name='assessment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lists', to='compliance.impactassessment'),
        ),
        migrations.AddConstraint(
            model_name='contactlist',
            constraint=models.CheckConstraint(condition=models.Q(('transfer_sha256', ''), ('transfer_sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='list_transfer_is_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='contactlist',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'retired']), models.Q(('cause', ''), _negated=True), _connector='OR'), name='list_stopped_for_a_cause'),
        ),
        migrations.AddConstraint(
            model_name='contactlist',
            constraint=models.CheckConstraint(condition=models.Q(('released_by', None), models.Q(('released_by', models.F('declared_by')), _negated=True), _connector='OR'), name='list_released_by_a_second_person'),
        ),
        migrations.AddField(
            model_name='listdeletion',
            name='contact_list',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='deletion', to='compliance.contactlist'),
        ),
        migrations.AddField(
            model_name='listuse',
            name='contact_list',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='compliance.contactlist'),
        ),
        migrations.AddField(
            model_name='listuse',
            name='filing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='list_uses', to='compliance.campaignfiling'),
        ),
        migrations.AddConstraint(
            model_name='impactassessment',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='assessment_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='impactassessment',
            constraint=models.CheckConstraint(condition=models.Q(('document_sha256__regex', '^[0-9a-f]{64}$')), name='assessment_has_document'),
        ),
        migrations.AddConstraint(
            model_name='listdeletion',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='deletion_has_digest'),
        ),
        migrations.AddConstraint(
            model_name='listuse',
            constraint=models.UniqueConstraint(fields=('filing', 'contact_list'), name='list_use_once'),
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
