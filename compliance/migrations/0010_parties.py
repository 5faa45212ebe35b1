"""Parties, papers, outlets, seats and their clocks, with the database as referee."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WORDS_TO_OUTLETS = """
INSERT INTO compliance_outlet (code, name, address, province, company, credit_code,
       legal_person_index, legal_person_sealed, network, photo_sha256, lease_sha256, seat_quota,
       active, registered_at)
SELECT 'outlet-' || row_number() OVER (ORDER BY word), word, '', '', '', '', '', '', '', '', '', 5,
       true, clock_timestamp()
  FROM (SELECT DISTINCT outlet_word AS word FROM compliance_seat) words;
UPDATE compliance_seat SET outlet_id = o.id FROM compliance_outlet o WHERE o.name = outlet_word;
SET CONSTRAINTS ALL IMMEDIATE;
"""
OUTLETS_TO_WORDS = """
UPDATE compliance_seat SET outlet_word = o.name FROM compliance_outlet o WHERE o.id = outlet_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""

EPOCH_TABLES = (
    "principaldocument commitmentletter commitmentletter_numbers filingchange callbacktest "
    "numbermark numberchange outlet outletreview staffrecord training sanctionpoint deployment"
).split()
EPOCH = "".join(
    f"CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE"
    f" ON compliance_{table} FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();\n"
    for table in EPOCH_TABLES
)
EPOCH_BACK = "".join(f"DROP TRIGGER epoch_up ON compliance_{t};\n" for t in EPOCH_TABLES)

NEVER_CHANGED = (
    "callbacktest numbermark numberchange outletreview training sanctionpoint deployment violator "
    "commitmentletter_numbers"
).split()
NEVER_REMOVED = "principaldocument commitmentletter filingchange outlet staffrecord".split()
SET_ONCE = {  # columns that may be filled in later, each of them once
    "principaldocument": ("revoked_on",),
    "commitmentletter": ("revoked_on",),
    "filingchange": ("filed_on", "receipt_number", "receipt_sha256"),
    "staffrecord": ("left_on",),
}
KEEP = (
    "".join(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_{table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();\n"
        for table in NEVER_CHANGED
    )
    + "".join(
        f"CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_{table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();\n"
        for table in NEVER_REMOVED
    )
    + """
-- The row stays as it was written; the columns that the trigger names are filled in once.
CREATE FUNCTION compliance_set_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := TG_ARGV;
    name text;
BEGIN
    IF to_jsonb(NEW) - later <> to_jsonb(OLD) - later THEN
        RAISE EXCEPTION 'A record of % cannot be altered.', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    FOREACH name IN ARRAY later LOOP
        IF coalesce(to_jsonb(OLD) ->> name, '') <> ''
           AND (to_jsonb(NEW) -> name) IS DISTINCT FROM (to_jsonb(OLD) -> name) THEN
            RAISE EXCEPTION '% of % is filled in once.', name, TG_TABLE_NAME
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""
    + "".join(
        f"CREATE TRIGGER set_once BEFORE UPDATE ON compliance_{table}"
        f" FOR EACH ROW EXECUTE FUNCTION compliance_set_once({', '.join(columns)});\n"
        for table, columns in SET_ONCE.items()
    )
)
KEEP_BACK = (
    "".join(f"DROP TRIGGER set_once ON compliance_{t};\n" for t in SET_ONCE)
    + "DROP FUNCTION compliance_set_once();\n"
    + "".join(
        f"DROP TRIGGER append_only ON compliance_{t};\n" for t in (*NEVER_CHANGED, *NEVER_REMOVED)
    )
)

SEATS = """
-- Two registrations at one moment wait for each other at the outlet's row.
CREATE FUNCTION compliance_outlet_quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    quota integer;
BEGIN
    IF NOT NEW.active THEN
        RETURN NEW;
    END IF;
    SELECT seat_quota INTO quota FROM compliance_outlet WHERE id = NEW.outlet_id FOR UPDATE;
    IF (SELECT count(*) FROM compliance_seat s
         WHERE s.outlet_id = NEW.outlet_id AND s.active AND s.id <> NEW.id) >= quota THEN
        RAISE EXCEPTION 'Outlet % has its % seats.', NEW.outlet_id, quota
            USING ERRCODE = 'check_violation', CONSTRAINT = 'outlet_quota';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outlet_quota BEFORE INSERT OR UPDATE OF outlet_id, active ON compliance_seat
    FOR EACH ROW EXECUTE FUNCTION compliance_outlet_quota();

-- A job number belongs to one real person for good.
CREATE FUNCTION compliance_seat_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.agent_id) IS DISTINCT FROM (OLD.code, OLD.agent_id) THEN
        RAISE EXCEPTION 'A job number is never handed on: register another seat.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seat_change BEFORE UPDATE ON compliance_seat
    FOR EACH ROW EXECUTE FUNCTION compliance_seat_change();

-- What was inspected stays what it was.
CREATE FUNCTION compliance_outlet_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.code, NEW.address, NEW.company, NEW.credit_code, NEW.legal_person_index,
        NEW.legal_person_sealed) IS DISTINCT FROM
       (OLD.code, OLD.address, OLD.company, OLD.credit_code, OLD.legal_person_index,
        OLD.legal_person_sealed) AND OLD.company <> '' THEN
        RAISE EXCEPTION 'An outlet that moves or changes hands is another outlet: register it.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outlet_change BEFORE UPDATE ON compliance_outlet
    FOR EACH ROW EXECUTE FUNCTION compliance_outlet_change();
"""
SEATS_BACK = """
DROP TRIGGER outlet_change ON compliance_outlet;
DROP FUNCTION compliance_outlet_change();
DROP TRIGGER seat_change ON compliance_seat;
DROP FUNCTION compliance_seat_change();
DROP TRIGGER outlet_quota ON compliance_seat;
DROP FUNCTION compliance_outlet_quota();
"""


ACCUSED = """
-- A seat's outlet is a row now; what a case or a tie names is the outlet's code, or the word that
-- it had before.
CREATE OR REPLACE FUNCTION compliance_is_accused(the_user bigint, the_complaint bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_complaintaccused a
          LEFT JOIN compliance_campaignfiling f ON f.id = a.filing_id
         WHERE a.complaint_id = the_complaint AND (
               a.agent_id = the_user OR f.author_id = the_user
               OR EXISTS (SELECT 1 FROM compliance_seat s
                            JOIN compliance_outlet o ON o.id = s.outlet_id
                           WHERE s.agent_id = the_user
                             AND (s.id = a.seat_id OR nullif(a.outlet, '') IN (o.code, o.name)))
               OR EXISTS (SELECT 1 FROM compliance_accounttie t WHERE t.user_id = the_user
                           AND (t.outlet = nullif(a.outlet, '')
                                OR t.principal_id IN (a.principal_id, f.principal_id)))))
$$;
"""
ACCUSED_BACK = """
CREATE OR REPLACE FUNCTION compliance_is_accused(the_user bigint, the_complaint bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_complaintaccused a
          LEFT JOIN compliance_campaignfiling f ON f.id = a.filing_id
         WHERE a.complaint_id = the_complaint AND (
               a.agent_id = the_user OR f.author_id = the_user
               OR EXISTS (SELECT 1 FROM compliance_seat s WHERE s.agent_id = the_user
                           AND (s.id = a.seat_id OR s.outlet = nullif(a.outlet, '')))
               OR EXISTS (SELECT 1 FROM compliance_accounttie t WHERE t.user_id = the_user
                           AND (t.outlet = nullif(a.outlet, '')
                                OR t.principal_id IN (a.principal_id, f.principal_id)))))
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0009_pack_editions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallbackTest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tested_on', models.DateField()),
                ('reached', models.BooleanField()),
                ('names_principal', models.BooleanField()),
                ('takes_refusal', models.BooleanField()),
                ('evidence_sha256', models.CharField(max_length=64)),
                ('tester', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CommitmentLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('no_harassment', 'no harassing calls 骚扰电话禁呼承诺书'), ('no_illegal_calls', 'no unlawful outbound calls 不违规呼出承诺书')], max_length=16)),
                ('signed_on', models.DateField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
                ('revoked_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ConductTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('complaint_handling', 'complaints handled in time'), ('refusal_handling', 'refusals taken down correctly'), ('disclosure', 'openings with every disclosure'), ('training', 'training renewed in time')], max_length=24, unique=True)),
                ('percent', models.PositiveSmallIntegerField()),
                ('declared_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Deployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.BinaryField()),
                ('content_sha256', models.CharField(max_length=64)),
                ('signature', models.BinaryField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='FilingChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=256)),
                ('changed_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('receipt_number', models.CharField(blank=True, max_length=64)),
                ('receipt_sha256', models.CharField(blank=True, max_length=64)),
                ('filed_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='NumberChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('P1', 'commercial marketing'), ('P2', 'instant call-back'), ('P3', 'consented information'), ('P4', 'service or contract notice'), ('P5', 'debt collection'), ('P6', 'after-sale survey'), ('P7', 'public or emergency notice')], max_length=2)),
                ('reason', models.CharField(max_length=256)),
                ('approved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='NumberMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('marked_on', models.DateField()),
                ('source', models.CharField(max_length=64)),
                ('evidence', models.CharField(max_length=256)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Outlet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(unique=True)),
                ('name', models.CharField(max_length=64)),
                ('address', models.CharField(max_length=256)),
                ('province', models.CharField(blank=True, max_length=8)),
                ('company', models.CharField(max_length=128)),
                ('credit_code', models.CharField(max_length=18)),
                ('legal_person_index', models.BinaryField()),
                ('legal_person_sealed', models.BinaryField()),
                ('network', models.CharField(blank=True, max_length=64)),
                ('photo_sha256', models.CharField(blank=True, max_length=64)),
                ('lease_sha256', models.CharField(blank=True, max_length=64)),
                ('inspected_on', models.DateField(null=True)),
                ('seat_quota', models.PositiveSmallIntegerField(default=5)),
                ('active', models.BooleanField(default=True)),
                ('registered_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='OutletReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('clear', 'the links are explained'), ('hold', 'the outlet is held')], max_length=8)),
                ('links', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=96), size=None)),
                ('reason', models.CharField(max_length=256)),
                ('reviewed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PrincipalDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=32)),
                ('number', models.CharField(max_length=64)),
                ('issuer', models.CharField(max_length=128)),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
                ('revoked_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SanctionPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('breach', models.CharField(max_length=64)),
                ('evidence', models.CharField(max_length=256)),
                ('given_at', models.DateTimeField()),
                ('given_by', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='StaffRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('real_name_sealed', models.BinaryField()),
                ('identity_index', models.BinaryField(unique=True)),
                ('document_sha256', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
                ('left_on', models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('course', models.CharField(max_length=64)),
                ('passed_on', models.DateField()),
                ('certificate_sha256', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Violator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('company', "a company's name"), ('credit_code', 'a unified social credit code'), ('person', 'a legal person, owner or agent'), ('number', 'a caller number'), ('address', "an outlet's address")], max_length=16)),
                ('value_index', models.BinaryField()),
                ('reason', models.CharField(max_length=256)),
                ('listed_on', models.DateField()),
                ('until', models.DateField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='principal',
            name='credit_code',
            field=models.CharField(blank=True, max_length=18),
        ),
        migrations.AddField(
            model_name='trunk',
            name='access_province',
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AlterField(
            model_name='killswitch',
            name='scope',
            field=models.CharField(choices=[('platform', 'everything'), ('principal', 'one principal'), ('industry', 'one industry'), ('province', 'one province')], max_length=16),
        ),
        migrations.AddConstraint(
            model_name='principal',
            constraint=models.CheckConstraint(condition=models.Q(('industry__in', ['finance_loan', 'finance_wealth', 'card', 'securities', 'insurance', 'realestate', 'medical', 'healthfood', 'hr', 'tourism', 'education', 'collection', 'telecom', 'retail', 'other'])), name='principal_industry_known'),
        ),
        migrations.AddField(
            model_name='callbacktest',
            name='number',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='callbacks', to='compliance.callernumber'),
        ),
        migrations.AddField(
            model_name='commitmentletter',
            name='numbers',
            field=models.ManyToManyField(related_name='letters', to='compliance.callernumber'),
        ),
        migrations.AddField(
            model_name='commitmentletter',
            name='operator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='compliance.operator'),
        ),
        migrations.AddField(
            model_name='conducttarget',
            name='declared_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deployment',
            name='approver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deployment',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='filingchange',
            name='number',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='compliance.callernumber'),
        ),
        migrations.AddField(
            model_name='numberchange',
            name='approver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='numberchange',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='numberchange',
            name='number',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.callernumber'),
        ),
        migrations.AddField(
            model_name='numberchange',
            name='previous',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.callernumber'),
        ),
        migrations.AddField(
            model_name='numberchange',
            name='principal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.principal'),
        ),
        migrations.AddField(
            model_name='numbermark',
            name='number',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='compliance.callernumber'),
        ),
        migrations.AddField(
            model_name='outlet',
            name='inspected_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        # A seat named its outlet by a word: each word becomes an outlet that nobody inspected yet,
        # so that its seats wait until somebody has.
        migrations.RunSQL(migrations.RunSQL.noop, ACCUSED_BACK),
        migrations.RenameField(model_name='seat', old_name='outlet', new_name='outlet_word'),
        migrations.AddField(
            model_name='seat',
            name='outlet',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='compliance.outlet'),
        ),
        migrations.RunSQL(WORDS_TO_OUTLETS, OUTLETS_TO_WORDS),
        migrations.AlterField(
            model_name='seat',
            name='outlet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='compliance.outlet'),
        ),
        migrations.RemoveField(model_name='seat', name='outlet_word'),
        migrations.AddField(
            model_name='outletreview',
            name='approver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outletreview',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='outletreview',
            name='outlet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='compliance.outlet'),
        ),
        migrations.AddField(
            model_name='principaldocument',
            name='principal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='compliance.principal'),
        ),
        migrations.AddField(
            model_name='principaldocument',
            name='verified_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sanctionpoint',
            name='agent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sanction_points', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='staffrecord',
            name='agent',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='staff_record', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='staffrecord',
            name='verified_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='training',
            name='agent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='training',
            name='examiner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='violator',
            index=models.Index(fields=['kind', 'value_index'], name='violator_value'),
        ),
        migrations.AddConstraint(
            model_name='violator',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('listed_on'))), name='violator_is_listed_for_a_while'),
        ),
        migrations.AddConstraint(
            model_name='callbacktest',
            constraint=models.CheckConstraint(condition=models.Q(('evidence_sha256__regex', '^[0-9a-f]{64}$')), name='callback_has_evidence'),
        ),
        migrations.AddConstraint(
            model_name='commitmentletter',
            constraint=models.CheckConstraint(condition=models.Q(('document_sha256__regex', '^[0-9a-f]{64}$')), name='letter_has_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='conducttarget',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['complaint_handling', 'refusal_handling', 'disclosure', 'training']), ('percent__gte', 1), ('percent__lte', 100)), name='target_is_about_conduct'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='deployment_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='filingchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filed_on__isnull', True), ('receipt_number', ''), ('receipt_sha256', '')), models.Q(('filed_on__gte', models.F('changed_on')), ('receipt_sha256__regex', '^[0-9a-f]{64}$'), models.Q(('receipt_number', ''), _negated=True)), _connector='OR'), name='filing_change_needs_a_receipt'),
        ),
        migrations.AddConstraint(
            model_name='numberchange',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='number_change_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='numberchange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('previous', models.F('number')), _negated=True)), name='number_change_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='outlet',
            constraint=models.CheckConstraint(condition=models.Q(('seat_quota__gte', 1), ('seat_quota__lte', 5)), name='outlet_quota_at_most_five'),
        ),
        migrations.AddConstraint(
            model_name='outlet',
            constraint=models.CheckConstraint(condition=models.Q(('inspected_on__isnull', True), models.Q(('inspected_by__isnull', False), ('lease_sha256__regex', '^[0-9a-f]{64}$'), ('photo_sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='outlet_inspection_has_proof'),
        ),
        migrations.AddConstraint(
            model_name='outletreview',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='outlet_review_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='principaldocument',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='document_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='principaldocument',
            constraint=models.CheckConstraint(condition=models.Q(('document_sha256__regex', '^[0-9a-f]{64}$'), models.Q(('number', ''), _negated=True), models.Q(('issuer', ''), _negated=True)), name='document_has_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='staffrecord',
            constraint=models.CheckConstraint(condition=models.Q(('agent', models.F('verified_by')), _negated=True), name='staff_is_verified_by_another'),
        ),
        migrations.AddConstraint(
            model_name='staffrecord',
            constraint=models.CheckConstraint(condition=models.Q(('document_sha256__regex', '^[0-9a-f]{64}$')), name='staff_has_papers'),
        ),
        migrations.AddConstraint(
            model_name='training',
            constraint=models.CheckConstraint(condition=models.Q(('agent', models.F('examiner')), _negated=True), name='training_is_examined_by_another'),
        ),
        migrations.AddConstraint(
            model_name='training',
            constraint=models.CheckConstraint(condition=models.Q(('certificate_sha256__regex', '^[0-9a-f]{64}$')), name='training_has_a_certificate'),
        ),
        migrations.RunSQL(EPOCH, EPOCH_BACK),
        migrations.RunSQL(KEEP, KEEP_BACK),
        migrations.RunSQL(SEATS, SEATS_BACK),
        migrations.RunSQL(ACCUSED, migrations.RunSQL.noop),
    ]
