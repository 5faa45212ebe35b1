"""What the edges see of INVITEs, in rows that only grow, and the edge that a trunk is behind."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dialer_edgeinvite
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
"""
GUARDS_BACK = """
DROP TRIGGER append_only ON dialer_edgeinvite;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0020_ids_stay'),
        ('dialer', '0008_line_pauses'),
    ]

    operations = [
        migrations.AddField(
            model_name='trunkendpoint',
            name='edge_host',
            field=models.CharField(blank=True, max_length=255, default=''),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='trunkendpoint',
            name='edge_port',
            field=models.PositiveIntegerField(default=5060),
        ),
        migrations.CreateModel(
            name='EdgeInvite',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('edge', models.CharField(max_length=64)),
                ('why', models.CharField(blank=True, max_length=16)),
                ('source', models.CharField(blank=True, max_length=64)),
                ('masked', models.CharField(max_length=32)),
                ('call_id', models.CharField(max_length=255)),
                ('seen_at', models.DateTimeField(db_index=True)),
                ('noted_at', models.DateTimeField()),
                ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.incident')),
                ('permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='edge_invites', to='compliance.permit')),
                ('trunk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.trunk')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('incident', None), ('why', '')), models.Q(models.Q(('why', ''), _negated=True), ('incident__isnull', False)), _connector='OR'), name='edge_refusal_is_an_incident')],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
