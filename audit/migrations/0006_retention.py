"""What of the trail has gone, and what may not go: neither is ever unsaid."""

from django.db import migrations, models


# As in 0002, the guards hold ALWAYS. A hold is lifted, once; it does not change otherwise.
GUARDS = """
CREATE TRIGGER audit_dropped_deny BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_dropped
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_dropped ENABLE ALWAYS TRIGGER audit_dropped_deny;

CREATE TRIGGER audit_legal_hold_deny BEFORE DELETE OR TRUNCATE ON audit_legal_hold
    FOR EACH STATEMENT EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_legal_hold ENABLE ALWAYS TRIGGER audit_legal_hold_deny;
CREATE TRIGGER audit_legal_hold_keep BEFORE UPDATE ON audit_legal_hold
    FOR EACH ROW WHEN (
        OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL
        OR (OLD.id, OLD.since, OLD.until, OLD.reason, OLD.placed_by, OLD.placed_at)
            IS DISTINCT FROM
            (NEW.id, NEW.since, NEW.until, NEW.reason, NEW.placed_by, NEW.placed_at)
    ) EXECUTE FUNCTION audit_deny();
ALTER TABLE audit_legal_hold ENABLE ALWAYS TRIGGER audit_legal_hold_keep;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0005_state_chunks'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditDropped',
            fields=[
                ('lo', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hi', models.BigIntegerField()),
                ('month', models.DateField()),
                ('certificate', models.UUIDField()),
            ],
            options={
                'verbose_name': 'dropped range 已删除区间',
                'verbose_name_plural': 'dropped ranges 已删除区间',
                'db_table': 'audit_dropped',
            },
        ),
        migrations.CreateModel(
            name='AuditLegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('reason', models.CharField(max_length=400)),
                ('placed_by', models.CharField(max_length=160)),
                ('placed_at', models.DateTimeField()),
                ('lifted_by', models.CharField(blank=True, default='', max_length=160)),
                ('lifted_with', models.CharField(blank=True, default='', max_length=160)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'legal hold 法律保全',
                'verbose_name_plural': 'legal holds 法律保全',
                'db_table': 'audit_legal_hold',
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='audit_legal_hold_ends_behind'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', True), models.Q(models.Q(('lifted_by', ''), _negated=True), models.Q(('lifted_with', ''), _negated=True), models.Q(('lifted_by', models.F('lifted_with')), _negated=True)), _connector='OR'), name='audit_legal_hold_lifted_by_two')],
            },
        ),
        migrations.RunSQL(GUARDS),
    ]
