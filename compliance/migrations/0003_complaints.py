"""Complaints, suspensions and reports: their tables, and what the database forbids."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = (
    "complaint complaintaccused complaintevent accounttie suspension correctivereport "
    "correctiveapproval resumption dailyreport retentioncertificate"
).split()
EPOCH_TABLES = "complaintaccused suspension resumption".split()

GUARDS = """
-- Who has a part in what a complaint is about: the agent and the seats of the outlet, the author
-- of the campaign, and the accounts tied to the outlet or the principal.
CREATE FUNCTION compliance_is_accused(the_user bigint, the_complaint bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
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

-- There is no complaint without its stop: whoever complained is called by nobody any more.
CREATE FUNCTION compliance_complaint_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM compliance_refusal r WHERE r.id = NEW.refusal_id
                    AND r.person_id = NEW.person_id AND r.everywhere AND r.purpose = '') THEN
        RAISE EXCEPTION 'A complaint needs the refusal that stops every call to the person.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complaint_birth BEFORE INSERT ON compliance_complaint
    FOR EACH ROW EXECUTE FUNCTION compliance_complaint_birth();

CREATE FUNCTION compliance_complaint_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_role text;
BEGIN
    -- One step of a case at a time, so that each sees the one before.
    PERFORM 1 FROM compliance_complaint WHERE id = NEW.complaint_id FOR UPDATE;
    IF NEW.kind NOT IN ('noted', 'packed') AND EXISTS (
        SELECT 1 FROM compliance_complaintevent e
         WHERE e.complaint_id = NEW.complaint_id AND e.kind = 'closed') THEN
        RAISE EXCEPTION 'The complaint is closed.' USING ERRCODE = 'check_violation';
    END IF;
    IF compliance_is_accused(NEW.by_id, NEW.complaint_id)
       OR compliance_is_accused(NEW.handler_id, NEW.complaint_id) THEN
        RAISE EXCEPTION 'Whoever a complaint is about takes no part in it.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.by_id IS NULL THEN
        IF NOT (NEW.kind IN ('late', 'escalated', 'overdue')
                OR (NEW.kind = 'closed' AND EXISTS (
                    SELECT 1 FROM compliance_complaint c
                     WHERE c.id = NEW.complaint_id AND c.receipt_sha256 <> ''
                       AND c.receipt_sha256
                           = encode(sha256(convert_to(NEW.receipt, 'UTF8')), 'hex')))) THEN
            RAISE EXCEPTION 'A step of a complaint needs a compliance officer.'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    SELECT u.role INTO its_role FROM compliance_user u WHERE u.id = NEW.by_id AND u.is_active;
    IF its_role IS DISTINCT FROM 'compliance' AND NOT (
        NEW.kind = 'packed' AND its_role IN ('administrator', 'regulator')) THEN
        RAISE EXCEPTION 'A step of a complaint needs a compliance officer.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.kind = 'assigned') <> (NEW.handler_id IS NOT NULL) OR (
        NEW.kind = 'assigned' AND NOT EXISTS (
            SELECT 1 FROM compliance_user u
             WHERE u.id = NEW.handler_id AND u.is_active AND u.role = 'compliance')) THEN
        RAISE EXCEPTION 'A complaint is handled by a compliance officer.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind = 'closed' AND (
        SELECT count(DISTINCT CASE WHEN e.kind = 'answered' THEN 1 ELSE 2 END)
          FROM compliance_complaintevent e
         WHERE e.complaint_id = NEW.complaint_id
           AND e.kind IN ('upheld', 'rejected', 'answered')) <> 2 THEN
        RAISE EXCEPTION 'A complaint is closed when something was found and answered.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER complaint_step BEFORE INSERT ON compliance_complaintevent
    FOR EACH ROW EXECUTE FUNCTION compliance_complaint_step();

-- A suspended seat is inactive, and stays so while its suspension stands.
CREATE FUNCTION compliance_seat_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE compliance_seat SET active = false WHERE id = NEW.seat_id;
    RETURN NULL;
END $$;
CREATE TRIGGER seat_suspended AFTER INSERT ON compliance_suspension
    FOR EACH ROW WHEN (NEW.seat_id IS NOT NULL) EXECUTE FUNCTION compliance_seat_suspended();
CREATE FUNCTION compliance_seat_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM compliance_suspension s WHERE s.seat_id = NEW.id AND NOT EXISTS (
                SELECT 1 FROM compliance_resumption r WHERE r.suspension_id = s.id)) THEN
        RAISE EXCEPTION 'The seat is suspended.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seat_back BEFORE UPDATE ON compliance_seat
    FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION compliance_seat_back();

CREATE FUNCTION compliance_corrective_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM compliance_correctivereport r
          JOIN compliance_suspension s ON s.id = r.suspension_id
          JOIN compliance_user u ON u.id = NEW.approver_id
         WHERE r.id = NEW.report_id AND r.author_id <> u.id AND u.is_active
           AND u.role IN ('compliance', 'administrator')
           AND NOT EXISTS (SELECT 1 FROM compliance_campaignfiling f
                            WHERE f.id = s.filing_id AND f.author_id = u.id)
           AND NOT EXISTS (SELECT 1 FROM compliance_accounttie t WHERE t.user_id = u.id
                            AND t.principal_id = s.principal_id)
           AND (s.complaint_id IS NULL OR NOT compliance_is_accused(u.id, s.complaint_id))) THEN
        RAISE EXCEPTION 'A corrective report is approved by others, in compliance or the'
            ' administration, who have no part in what it is about.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER corrective_approval BEFORE INSERT ON compliance_correctiveapproval
    FOR EACH ROW EXECUTE FUNCTION compliance_corrective_approval();

CREATE FUNCTION compliance_resumption_birth() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    it compliance_suspension%ROWTYPE;
BEGIN
    SELECT * INTO it FROM compliance_suspension WHERE id = NEW.suspension_id FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM compliance_correctivereport r
                    WHERE r.id = NEW.report_id AND r.suspension_id = it.id)
       OR (SELECT count(DISTINCT a.approver_id) FROM compliance_correctiveapproval a
            WHERE a.report_id = NEW.report_id) < 2 THEN
        RAISE EXCEPTION 'Calling resumes after a corrective report that two people approved.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF it.until > least(NEW.resumed_at, compliance_now()) THEN
        RAISE EXCEPTION 'The suspension stands until %.', it.until
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF EXISTS (SELECT 1 FROM compliance_suspension s
                 JOIN compliance_resumption r ON r.suspension_id = s.id
                WHERE s.id <> it.id AND (s.filing_id = it.filing_id OR s.seat_id = it.seat_id
                   OR s.trunk_id = it.trunk_id OR s.principal_id = it.principal_id)) THEN
        RAISE EXCEPTION 'It was resumed once already; the second suspension is final.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER resumption_birth BEFORE INSERT ON compliance_resumption
    FOR EACH ROW EXECUTE FUNCTION compliance_resumption_birth();
""" + "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_{table}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();\n"
    for table in APPEND_ONLY
) + "".join(
    f"CREATE TRIGGER epoch_up AFTER INSERT ON compliance_{table}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();\n"
    for table in EPOCH_TABLES
) + """
CREATE TRIGGER epoch_up AFTER INSERT ON compliance_complaintevent
    FOR EACH ROW WHEN (NEW.kind = 'closed') EXECUTE FUNCTION compliance_epoch_up();
"""
GUARDS_BACK = """
DROP TRIGGER seat_back ON compliance_seat;
DROP TRIGGER resumption_birth ON compliance_resumption;
DROP TRIGGER corrective_approval ON compliance_correctiveapproval;
DROP TRIGGER seat_suspended ON compliance_suspension;
DROP TRIGGER complaint_step ON compliance_complaintevent;
DROP TRIGGER complaint_birth ON compliance_complaint;
DROP TRIGGER epoch_up ON compliance_complaintevent;
""" + "".join(
    f"DROP TRIGGER append_only ON compliance_{table};\n" for table in APPEND_ONLY
) + "".join(
    f"DROP TRIGGER epoch_up ON compliance_{table};\n" for table in EPOCH_TABLES
) + """
DROP FUNCTION compliance_resumption_birth();
DROP FUNCTION compliance_corrective_approval();
DROP FUNCTION compliance_seat_back();
DROP FUNCTION compliance_seat_suspended();
DROP FUNCTION compliance_complaint_step();
DROP FUNCTION compliance_complaint_birth();
DROP FUNCTION compliance_is_accused(bigint, bigint);
"""


class Migration(migrations.Migration):
    """Add them."""

    dependencies = [
        ('compliance', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('call_back', 'a call to us'), ('12321', '12321 reporting centre'), ('12300', '12300 user appeals'), ('12315', '12315 consumer hotline'), ('12345', '12345 city hotline'), ('carrier', 'carrier'), ('web', 'public page'), ('letter', 'letter'), ('in_call', 'said during a call')], max_length=16)),
                ('external_ref', models.CharField(blank=True, max_length=64)),
                ('summary', models.TextField(blank=True)),
                ('received_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('internal_due_on', models.DateField()),
                ('escalate_on', models.DateField()),
                ('due_on', models.DateField()),
                ('receipt_sha256', models.CharField(blank=True, max_length=64)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='compliance.person')),
                ('refusal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='complaint', to='compliance.refusal')),
            ],
        ),
        migrations.CreateModel(
            name='ComplaintAccused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outlet', models.CharField(blank=True, max_length=64)),
                ('named_at', models.DateTimeField()),
                ('agent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accused', to='compliance.complaint')),
                ('filing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='compliance.campaignfiling')),
                ('permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.permit')),
                ('principal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.principal')),
                ('seat', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.seat')),
                ('trunk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.trunk')),
            ],
        ),
        migrations.CreateModel(
            name='ComplaintEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('assigned', 'given to a handler'), ('noted', 'note'), ('upheld', 'found to be right'), ('rejected', 'found not to be right'), ('answered', 'answered to the channel'), ('late', 'our own time is over'), ('escalated', 'escalated'), ('overdue', 'not closed in time'), ('packed', 'evidence pack made'), ('closed', 'closed')], max_length=16)),
                ('actor', models.CharField(max_length=64)),
                ('note', models.TextField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('receipt', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='compliance.complaint')),
                ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CorrectiveReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('text_sha256', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CorrectiveApproval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approved_at', models.DateTimeField()),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('report', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='compliance.correctivereport')),
            ],
        ),
        migrations.CreateModel(
            name='DailyReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('edition', models.PositiveIntegerField()),
                ('complete', models.BooleanField()),
                ('body', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('day', 'edition'), name='daily_report_edition_once')],
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('rate', 'too many upheld complaints for its connected calls'), ('day', 'several upheld complaints of one day'), ('year', 'several upheld complaints in a year'), ('overdue', 'a complaint was not closed in time'), ('chain', 'the sanctions chain')], max_length=8)),
                ('counts', models.JSONField()),
                ('begun_at', models.DateTimeField()),
                ('begun_by', models.CharField(max_length=64)),
                ('until', models.DateTimeField(null=True)),
                ('complaint', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='compliance.complaint')),
                ('filing', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='compliance.campaignfiling')),
                ('principal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='compliance.principal')),
                ('seat', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='compliance.seat')),
                ('trunk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='compliance.trunk')),
            ],
        ),
        migrations.CreateModel(
            name='Resumption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resumed_at', models.DateTimeField()),
                ('report', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='resumption', to='compliance.correctivereport')),
                ('suspension', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='resumption', to='compliance.suspension')),
            ],
        ),
        migrations.AddField(
            model_name='correctivereport',
            name='suspension',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='compliance.suspension'),
        ),
        migrations.CreateModel(
            name='AccountTie',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outlet', models.CharField(blank=True, max_length=64)),
                ('declared_at', models.DateTimeField()),
                ('declared_by', models.CharField(max_length=64)),
                ('principal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.principal')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ties', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outlet', ''), _negated=True), ('principal__isnull', False), _connector='OR'), name='tie_to_somebody')],
            },
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(condition=models.Q(('external_ref', ''), _negated=True), fields=('channel', 'external_ref'), name='complaint_once_per_reference'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('internal_due_on__lte', models.F('escalate_on')), ('escalate_on__lte', models.F('due_on'))), name='complaint_clocks_in_order'),
        ),
        migrations.AddConstraint(
            model_name='complaintaccused',
            constraint=models.CheckConstraint(condition=models.Q(('seat__isnull', False), ('filing__isnull', False), ('principal__isnull', False), _connector='OR'), name='complaint_accuses_somebody'),
        ),
        migrations.AddIndex(
            model_name='complaintevent',
            index=models.Index(fields=['kind', 'at'], name='compliance__kind_94bc8b_idx'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'closed')), fields=('complaint',), name='complaint_closed_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['upheld', 'rejected'])), fields=('complaint',), name='complaint_found_once'),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['late', 'escalated', 'overdue'])), fields=('complaint', 'kind'), name='complaint_clock_rings_once'),
        ),
        migrations.AddConstraint(
            model_name='correctiveapproval',
            constraint=models.UniqueConstraint(fields=('report', 'approver'), name='corrective_approval_once_a_person'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('filing__isnull', False), ('principal__isnull', True), ('seat__isnull', True), ('trunk__isnull', True)), models.Q(('filing__isnull', True), ('principal__isnull', True), ('seat__isnull', False), ('trunk__isnull', True)), models.Q(('filing__isnull', True), ('principal__isnull', True), ('seat__isnull', True), ('trunk__isnull', False)), models.Q(('filing__isnull', True), ('principal__isnull', False), ('seat__isnull', True), ('trunk__isnull', True)), _connector='OR')), name='suspension_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='correctivereport',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='corrective_report_says_something'),
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
