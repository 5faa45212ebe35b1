"""Desks for people's requests and for breaches, ends of contracts, yearly audits."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NEVER_CHANGED = (
    "subjectrequest subjectrequestevent playbook incident incidentevent datareturn complianceaudit"
).split()
KEEP = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_{table}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();\n"
    for table in NEVER_CHANGED
)
KEEP_BACK = "".join(f"DROP TRIGGER append_only ON compliance_{t};\n" for t in NEVER_CHANGED)
EPOCH = """
CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON compliance_datareturn
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();
"""
EPOCH_BACK = "DROP TRIGGER epoch_up ON compliance_datareturn;"

STEPS = """
-- Who handles requests and incidents is of compliance; a request ends once, an incident in order.
CREATE FUNCTION compliance_desk_role(the_user bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM compliance_user u WHERE u.id = the_user AND u.is_active
                      AND u.role IN ('compliance', 'administrator'))
$$;

CREATE FUNCTION compliance_subject_request_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked text;
BEGIN
    -- One step after the other: whoever comes second sees what the first one did.
    SELECT kind INTO asked FROM compliance_subjectrequest WHERE id = NEW.request_id FOR UPDATE;
    IF NEW.by_id IS NOT NULL AND NOT compliance_desk_role(NEW.by_id) THEN
        RAISE EXCEPTION 'A request is handled by compliance.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind <> 'noted' AND EXISTS (
           SELECT 1 FROM compliance_subjectrequestevent e
            WHERE e.request_id = NEW.request_id AND e.kind IN ('answered', 'declined')) THEN
        RAISE EXCEPTION 'The request % has ended.', NEW.request_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind = 'answered' AND asked NOT IN ('withdrawal', 'explanation') AND NOT EXISTS (
           SELECT 1 FROM compliance_subjectrequestevent e
            WHERE e.request_id = NEW.request_id AND e.kind = 'identified') THEN
        RAISE EXCEPTION 'Nobody gets data, or has it changed, before they were identified.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind = 'declined' AND asked = 'withdrawal' THEN
        RAISE EXCEPTION 'A withdrawal is never declined.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER subject_request_step BEFORE INSERT ON compliance_subjectrequestevent
    FOR EACH ROW EXECUTE FUNCTION compliance_subject_request_step();

CREATE FUNCTION compliance_incident_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text[];
BEGIN
    PERFORM 1 FROM compliance_incident WHERE id = NEW.incident_id FOR UPDATE;
    SELECT coalesce(array_agg(kind::text), '{}') INTO done FROM compliance_incidentevent
     WHERE incident_id = NEW.incident_id;
    IF NOT compliance_desk_role(NEW.by_id)
       OR (NEW.approver_id IS NOT NULL AND NOT compliance_desk_role(NEW.approver_id)) THEN
        RAISE EXCEPTION 'An incident is handled by compliance.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind <> 'noted' AND 'closed' = ANY(done) THEN
        RAISE EXCEPTION 'The incident % is closed.', NEW.incident_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.kind = 'closed' AND NOT ('contained' = ANY(done) AND 'reported' = ANY(done)
                                    AND done && ARRAY['notified', 'spared']) THEN
        RAISE EXCEPTION 'An incident ends once it is contained, reported, and people were told.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER incident_step BEFORE INSERT ON compliance_incidentevent
    FOR EACH ROW EXECUTE FUNCTION compliance_incident_step();

-- Nobody certifies that data is gone while a list of the principal still holds some.
CREATE FUNCTION compliance_data_return_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM compliance_mandate m WHERE m.principal_id = NEW.principal_id
                      AND coalesce(m.ended_on, m.valid_until) = NEW.contract_end) THEN
        RAISE EXCEPTION 'No contract of the principal ends on %.', NEW.contract_end
            USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM compliance_contactlist l
                WHERE l.principal_id = NEW.principal_id AND l.state <> 'retired') THEN
        RAISE EXCEPTION 'A list of the principal still holds its data.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER data_return_birth BEFORE INSERT ON compliance_datareturn
    FOR EACH ROW EXECUTE FUNCTION compliance_data_return_birth();

-- A contract that ended does not begin again: there is another one.
CREATE FUNCTION compliance_mandate_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_on IS NOT NULL AND NEW.ended_on IS DISTINCT FROM OLD.ended_on THEN
        RAISE EXCEPTION 'The mandate % has ended.', OLD.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandate_end BEFORE UPDATE OF ended_on ON compliance_mandate
    FOR EACH ROW EXECUTE FUNCTION compliance_mandate_end();
"""
STEPS_BACK = """
DROP TRIGGER mandate_end ON compliance_mandate;
DROP TRIGGER data_return_birth ON compliance_datareturn;
DROP TRIGGER incident_step ON compliance_incidentevent;
DROP TRIGGER subject_request_step ON compliance_subjectrequestevent;
DROP FUNCTION compliance_mandate_end();
DROP FUNCTION compliance_data_return_birth();
DROP FUNCTION compliance_incident_step();
DROP FUNCTION compliance_subject_request_step();
DROP FUNCTION compliance_desk_role(bigint);
"""


class Migration(migrations.Migration):
    """Add them."""

    dependencies = [
        ('compliance', '0011_complaints_by_outlet'),
    ]

    operations = [
        migrations.CreateModel(
            name='ComplianceAudit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('own', 'by the house itself'), ('outside', 'by somebody from outside'), ('ordered', 'ordered by an authority')], max_length=8)),
                ('auditor', models.CharField(max_length=128)),
                ('covers_from', models.DateField()),
                ('covers_until', models.DateField()),
                ('finished_on', models.DateField()),
                ('report_sha256', models.CharField(max_length=64)),
                ('findings', models.PositiveIntegerField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DataReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract_end', models.DateField()),
                ('method', models.CharField(choices=[('deleted', 'deleted'), ('returned', 'given back, and deleted here')], max_length=8)),
                ('certificate_sha256', models.CharField(max_length=64)),
                ('done_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('leaked', 'leaked'), ('altered', 'altered'), ('lost', 'lost')], max_length=8)),
                ('summary', models.TextField()),
                ('data_kinds', models.CharField(max_length=256)),
                ('persons', models.PositiveIntegerField(null=True)),
                ('noticed_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('contain_by', models.DateTimeField()),
                ('report_by', models.DateTimeField()),
                ('notify_by', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='IncidentEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('noted', 'note'), ('contained', 'contained'), ('reported', 'reported to the authority'), ('notified', 'people told'), ('spared', 'no harm can come of it: people need not be told'), ('closed', 'closed')], max_length=16)),
                ('note', models.TextField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Playbook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document_sha256', models.CharField(max_length=64)),
                ('rehearsed_on', models.DateField()),
                ('review_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='SubjectRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('access', 'what we hold'), ('copy', 'a copy to take along'), ('correction', 'something to be put right'), ('deletion', 'deletion'), ('withdrawal', 'to take consent back'), ('explanation', 'how data is handled')], max_length=16)),
                ('channel', models.CharField(choices=[('call_back', 'a call to us'), ('in_call', 'said during a call'), ('web', 'public page'), ('letter', 'letter'), ('sms', 'text message'), ('authority', 'passed on by an authority')], max_length=16)),
                ('received_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=64)),
                ('escalate_on', models.DateField()),
                ('due_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='SubjectRequestEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('identified', 'the person is who they say'), ('noted', 'note'), ('answered', 'answered'), ('declined', 'declined with a reason'), ('escalated', 'escalated'), ('overdue', 'not answered in time')], max_length=16)),
                ('actor', models.CharField(max_length=64)),
                ('note', models.TextField(blank=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='mandate',
            name='ended_on',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='suspension',
            name='cause',
            field=models.CharField(choices=[('rate', 'too many upheld complaints for its connected calls'), ('day', 'several upheld complaints of one day'), ('year', 'several upheld complaints in a year'), ('overdue', 'a complaint was not closed in time'), ('chain', 'the sanctions chain'), ('pattern', 'calls that ring short or follow one another too soon'), ('places', 'caller numbers that follow the places called')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__lt', models.F('valid_until')), _connector='OR'), name='mandate_ends_early_or_in_time'),
        ),
        migrations.AddField(
            model_name='complianceaudit',
            name='approver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='complianceaudit',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='datareturn',
            name='approver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='datareturn',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='datareturn',
            name='principal',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='data_returns', to='compliance.principal'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('summary', ''), _negated=True), models.Q(('data_kinds', ''), _negated=True)), name='incident_says_what'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('contain_by__gte', models.F('noticed_at')), ('notify_by__gte', models.F('noticed_at')), ('report_by__gte', models.F('noticed_at'))), name='incident_clocks_run'),
        ),
        migrations.AddField(
            model_name='incidentevent',
            name='approver',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='incidentevent',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='incidentevent',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='compliance.incident'),
        ),
        migrations.AddField(
            model_name='playbook',
            name='approver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='playbook',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subjectrequest',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='compliance.person'),
        ),
        migrations.AddField(
            model_name='subjectrequest',
            name='principal',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.principal'),
        ),
        migrations.AddField(
            model_name='subjectrequest',
            name='refusal',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='subject_request', to='compliance.refusal'),
        ),
        migrations.AddField(
            model_name='subjectrequestevent',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subjectrequestevent',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='compliance.subjectrequest'),
        ),
        migrations.AddConstraint(
            model_name='complianceaudit',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='audit_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='complianceaudit',
            constraint=models.CheckConstraint(condition=models.Q(('covers_until__gte', models.F('covers_from')), ('finished_on__gte', models.F('covers_until')), ('report_sha256__regex', '^[0-9a-f]{64}$'), models.Q(('auditor', ''), _negated=True)), name='audit_covers_a_time_and_has_a_report'),
        ),
        migrations.AddConstraint(
            model_name='datareturn',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='data_return_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='datareturn',
            constraint=models.CheckConstraint(condition=models.Q(('certificate_sha256__regex', '^[0-9a-f]{64}$'), ('done_on__gt', models.F('contract_end'))), name='data_return_comes_after_the_end'),
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'noted'), _negated=True), fields=('incident', 'kind'), name='incident_step_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['reported', 'notified']), _negated=True), ('sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='incident_notice_is_a_document'),
        ),
        migrations.AddConstraint(
            model_name='incidentevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['spared', 'closed']), _negated=True), models.Q(('approver__isnull', False), models.Q(('approver', models.F('by')), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='incident_end_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='playbook',
            constraint=models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='playbook_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='playbook',
            constraint=models.CheckConstraint(condition=models.Q(('document_sha256__regex', '^[0-9a-f]{64}$'), ('review_on__gt', models.F('rehearsed_on'))), name='playbook_is_a_document'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequest',
            constraint=models.CheckConstraint(condition=models.Q(('escalate_on__lte', models.F('due_on'))), name='subject_request_clocks_in_order'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'deletion'), _negated=True), ('refusal__isnull', False), _connector='OR'), name='subject_request_of_deletion_stops_calls'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequestevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['answered', 'declined'])), fields=('request',), name='subject_request_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequestevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['escalated', 'overdue'])), fields=('request', 'kind'), name='subject_request_clock_rings_once'),
        ),
        migrations.AddConstraint(
            model_name='subjectrequestevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['escalated', 'overdue', 'noted']), models.Q(('by__isnull', False), ('kind__in', ['answered', 'identified']), ('sha256__regex', '^[0-9a-f]{64}$')), models.Q(('by__isnull', False), ('kind', 'declined'), models.Q(('note', ''), _negated=True)), _connector='OR'), name='subject_request_step_has_its_proof'),
        ),
        migrations.RunSQL(KEEP, KEEP_BACK),
        migrations.RunSQL(EPOCH, EPOCH_BACK),
        migrations.RunSQL(STEPS, STEPS_BACK),
    ]
