"""Prompts: what machines say, approved by two people and never altered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARDS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON dialer_prompt
    FOR EACH ROW EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON dialer_prompt
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
"""
GUARDS_BACK = """
DROP TRIGGER append_only_all ON dialer_prompt;
DROP TRIGGER append_only ON dialer_prompt;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0021_roles'),
        ('dialer', '0009_edges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Prompt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('notice', '通知 the whole notice'), ('nobody', '无人接听 nobody can be put on')], max_length=8)),
                ('sha256', models.CharField(max_length=64)),
                ('text_sha256', models.CharField(max_length=64)),
                ('milliseconds', models.PositiveIntegerField()),
                ('cloned', models.BooleanField()),
                ('licence_sha256', models.CharField(blank=True, max_length=64)),
                ('approved_at', models.DateTimeField()),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('script', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prompts', to='compliance.scriptversion')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('author', models.F('approver')), _negated=True), name='prompt_needs_two_people'), models.CheckConstraint(condition=models.Q(('cloned', False), ('licence_sha256__regex', '^[0-9a-f]{64}$'), _connector='OR'), name='prompt_clones_by_licence'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='prompt_has_a_digest')],
            },
        ),
        migrations.RunSQL(sql=GUARDS, reverse_sql=GUARDS_BACK),
    ]
