"""Consents with their forms and samples, refusals that two people lift, others' lists."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EPOCH_TABLES = (
    "consentform consentsample consentcheck channeltest externallist externallistedition overruling"
).split()
EPOCH = "".join(
    f"CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    f" ON compliance_{table} FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();\n"
    for table in EPOCH_TABLES
)
EPOCH_BACK = "".join(f"DROP TRIGGER epoch_up ON compliance_{table};\n" for table in EPOCH_TABLES)

APPEND_ONLY_TABLES = (
    "consentsample consentsampleitem consentcheck channeltest liftrequest refusallift"
    " externallist externallistedition externallistentry overruling"
).split()
APPEND_ONLY = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_{table}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();\n"
    for table in APPEND_ONLY_TABLES
)
APPEND_ONLY_BACK = "".join(
    f"DROP TRIGGER append_only ON compliance_{table};\n" for table in APPEND_ONLY_TABLES
)

GUARDS = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_consentform
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- A reviewed form keeps its words; all that can happen to it is to be retired, once.
CREATE FUNCTION compliance_consentform_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'retired_at' <> to_jsonb(OLD) - 'retired_at'
       OR OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL THEN
        RAISE EXCEPTION 'A consent form can only be retired, once.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consentform_change BEFORE UPDATE ON compliance_consentform
    FOR EACH ROW EXECUTE FUNCTION compliance_consentform_change();

-- The hash is the text's own: nobody has one text reviewed and another one shown.
CREATE FUNCTION compliance_consentform_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.text_sha256 <> encode(sha256(convert_to(NEW.text, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'A consent form has the hash of another text.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consentform_birth BEFORE INSERT ON compliance_consentform
    FOR EACH ROW EXECUTE FUNCTION compliance_consentform_birth();

-- A request names a consent of the same person, later than the refusal, given outside a call and
-- not withdrawn. A lift repeats its request and adds a second person.
CREATE FUNCTION compliance_liftrequest_birth() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER liftrequest_birth BEFORE INSERT ON compliance_liftrequest
    FOR EACH ROW EXECUTE FUNCTION compliance_liftrequest_birth();
CREATE FUNCTION compliance_refusallift_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_liftrequest q
          JOIN compliance_consent c ON c.id = q.consent_id AND c.withdrawn_at IS NULL
         WHERE q.id = NEW.request_id AND q.refusal_id = NEW.refusal_id
           AND q.consent_id = NEW.consent_id AND q.requested_by_id = NEW.first_approver_id
           AND NEW.lifted_at >= q.requested_at) THEN
        RAISE EXCEPTION 'A lift needs a request that says the same.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refusallift_birth BEFORE INSERT ON compliance_refusallift
    FOR EACH ROW EXECUTE FUNCTION compliance_refusallift_birth();

-- An item is a consent of its sample's own whitelist, of those that the sample speaks for.
CREATE FUNCTION compliance_sampleitem_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_consentsample s
          JOIN compliance_consent c ON c.whitelist_id = s.whitelist_id
         WHERE s.id = NEW.sample_id AND c.id = NEW.consent_id
           AND c.id <= s.last_consent_id) THEN
        RAISE EXCEPTION 'A sample holds consents of its own list only.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sampleitem_birth BEFORE INSERT ON compliance_consentsampleitem
    FOR EACH ROW EXECUTE FUNCTION compliance_sampleitem_birth();
"""
GUARDS_BACK = """
DROP TRIGGER sampleitem_birth ON compliance_consentsampleitem;
DROP FUNCTION compliance_sampleitem_birth();
DROP TRIGGER refusallift_birth ON compliance_refusallift;
DROP FUNCTION compliance_refusallift_birth();
DROP TRIGGER liftrequest_birth ON compliance_liftrequest;
DROP FUNCTION compliance_liftrequest_birth();
DROP TRIGGER consentform_birth ON compliance_consentform;
DROP FUNCTION compliance_consentform_birth();
DROP TRIGGER consentform_change ON compliance_consentform;
DROP FUNCTION compliance_consentform_change();
DROP TRIGGER append_only ON compliance_consentform;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0007_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='ExternalList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=128)),
                ('industry', models.CharField(blank=True, choices=[('finance_loan', 'loans'), ('finance_wealth', 'wealth management'), ('card', 'credit cards'), ('securities', 'securities and funds'), ('insurance', 'insurance'), ('realestate', 'real estate'), ('medical', 'medical'), ('healthfood', 'health food'), ('hr', 'human resources'), ('tourism', 'tourism'), ('education', 'education'), ('collection', 'debt collection'), ('telecom', 'telecom products'), ('retail', 'retail'), ('other', 'other')], max_length=16)),
                ('registered_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='campaignfiling',
            name='sensitive_data',
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name='consent',
            name='request_event',
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name='consent',
            name='sensitive_allowed',
            field=models.BooleanField(db_default=False),
        ),
        migrations.CreateModel(
            name='ChannelTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('in_call', 'said during the call'), ('key_9', 'key 9 during the call'), ('sms', 'text message'), ('call_back', 'calling back the number shown'), ('web', 'public page'), ('letter', 'letter')], max_length=16)),
                ('alive', models.BooleanField()),
                ('evidence', models.CharField(max_length=128)),
                ('tested_by', models.CharField(max_length=64)),
                ('tested_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['channel', 'tested_at'], name='compliance__channel_1849c1_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='channel_test_has_evidence')],
            },
        ),
        migrations.CreateModel(
            name='ConsentSample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('population', models.PositiveIntegerField()),
                ('size', models.PositiveIntegerField()),
                ('last_consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.consent')),
                ('drawn_at', models.DateTimeField()),
                ('drawn_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('whitelist', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='compliance.whitelist')),
            ],
        ),
        migrations.CreateModel(
            name='ConsentSampleItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.consent')),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='compliance.consentsample')),
            ],
        ),
        migrations.CreateModel(
            name='ConsentCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('proved', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=256)),
                ('checked_at', models.DateTimeField()),
                ('checked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='finding', to='compliance.consentsampleitem')),
            ],
        ),
        migrations.CreateModel(
            name='ExternalListEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.CharField(max_length=64)),
                ('as_of', models.DateTimeField()),
                ('file_sha256', models.CharField(max_length=64)),
                ('numbers', models.PositiveIntegerField()),
                ('added', models.PositiveIntegerField()),
                ('applied_at', models.DateTimeField()),
                ('external_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='compliance.externallist')),
            ],
        ),
        migrations.CreateModel(
            name='ExternalListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number_index', models.BinaryField()),
                ('external_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='compliance.externallist')),
            ],
        ),
        migrations.CreateModel(
            name='LiftRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('requested_at', models.DateTimeField()),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.consent')),
                ('refusal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lift_requests', to='compliance.refusal')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Overruling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(max_length=16)),
                ('recorded_at', models.DateTimeField()),
                ('permit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrulings', to='compliance.permit')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrulings', to='compliance.seat')),
            ],
        ),
        migrations.CreateModel(
            name='RefusalLift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lifted_at', models.DateTimeField()),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.consent')),
                ('first_approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refusal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lift', to='compliance.refusal')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lift', to='compliance.liftrequest')),
                ('second_approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ConsentForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purposes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2), size=None)),
                ('text', models.TextField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('separate_box', models.BooleanField()),
                ('unticked', models.BooleanField()),
                ('names_principal', models.BooleanField()),
                ('names_purpose', models.BooleanField()),
                ('names_phone', models.BooleanField()),
                ('states_ai', models.BooleanField()),
                ('explains_withdrawal', models.BooleanField()),
                ('approved_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forms', to='compliance.principal')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('principal', 'text_sha256'), name='consent_form_once_per_principal'), models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='consent_form_needs_two_people'), models.CheckConstraint(condition=models.Q(('explains_withdrawal', True), ('names_phone', True), ('names_principal', True), ('names_purpose', True), ('purposes__len__gt', 0), ('separate_box', True), ('states_ai', True), ('unticked', True), models.Q(('text', ''), _negated=True)), name='consent_form_bundles_nothing')],
            },
        ),
        migrations.AddConstraint(
            model_name='consentsample',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1), ('size__lte', models.F('population'))), name='consent_sample_has_consents'),
        ),
        migrations.AddConstraint(
            model_name='consentsampleitem',
            constraint=models.UniqueConstraint(fields=('sample', 'consent'), name='consent_sampled_once'),
        ),
        migrations.AddConstraint(
            model_name='externallistedition',
            constraint=models.UniqueConstraint(fields=('external_list', 'version'), name='external_list_edition_once'),
        ),
        migrations.AddConstraint(
            model_name='externallistedition',
            constraint=models.CheckConstraint(condition=models.Q(('as_of__lte', models.F('applied_at'))), name='external_list_edition_is_not_from_the_future'),
        ),
        migrations.AddConstraint(
            model_name='externallistentry',
            constraint=models.UniqueConstraint(fields=('number_index', 'external_list'), name='external_list_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='overruling',
            constraint=models.UniqueConstraint(fields=('permit',), name='overruled_once_per_call'),
        ),
        migrations.AddConstraint(
            model_name='refusallift',
            constraint=models.CheckConstraint(condition=models.Q(('first_approver', models.F('second_approver')), _negated=True), name='refusal_lift_needs_two_people'),
        ),
        migrations.RunSQL(EPOCH, EPOCH_BACK),
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
