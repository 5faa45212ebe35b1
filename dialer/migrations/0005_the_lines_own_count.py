"""The line's own count of the calls that it put on the wire, in rows that only grow."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dialer_lineinvite
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
"""
GUARDS_BACK = """
DROP TRIGGER append_only ON dialer_lineinvite;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0020_ids_stay'),
        ('dialer', '0004_leads_checked_at_once'),
    ]

    operations = [
        migrations.CreateModel(
            name='LineInvite',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('masked', models.CharField(max_length=32)),
                ('caller', models.CharField(max_length=32)),
                ('disguised', models.BooleanField()),
                ('call_id', models.CharField(max_length=255)),
                ('sent_at', models.DateTimeField(db_index=True)),
                ('noted_at', models.DateTimeField()),
                ('permit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invites', to='compliance.permit')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.person')),
                ('trunk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.trunk')),
            ],
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
