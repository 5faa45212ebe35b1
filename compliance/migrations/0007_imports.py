"""The rows of imports, which stay for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_listimport
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- What was applied, let go of or broken off stays what it is, and no import changes its file.
CREATE FUNCTION compliance_list_import_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed text[] := ARRAY['kind', 'terms', 'file_sha256', 'planned_by_id', 'began_at'];
    was jsonb := to_jsonb(OLD);
    is_now jsonb := to_jsonb(NEW);
    name text;
BEGIN
    FOREACH name IN ARRAY fixed LOOP
        IF was -> name <> is_now -> name THEN
            RAISE EXCEPTION 'An import cannot be altered.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    IF OLD.stage IN ('applied', 'unchanged', 'discarded', 'broken') THEN
        RAISE EXCEPTION 'An import that has ended stays as it is.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER list_import_change BEFORE UPDATE ON compliance_listimport
    FOR EACH ROW EXECUTE FUNCTION compliance_list_import_change();
"""
GUARDS_BACK = """
DROP TRIGGER list_import_change ON compliance_listimport;
DROP FUNCTION compliance_list_import_change();
DROP TRIGGER append_only ON compliance_listimport;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0006_call_conduct'),
    ]

    operations = [
        migrations.CreateModel(
            name='ListImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('consents', 'consents'), ('refusals', 'refusals'), ('leads', 'leads')], max_length=8)),
                ('terms', models.JSONField()),
                ('target', models.CharField(blank=True, max_length=32)),
                ('file_sha256', models.CharField(max_length=64)),
                ('columns_dropped', models.JSONField(default=dict)),
                ('stage', models.CharField(choices=[('reading', 'the file is being read into staging'), ('comparing', 'what was read is being compared with what is there'), ('planned', 'staged; waits to be applied'), ('applying', 'is being applied in one transaction'), ('applied', 'applied'), ('unchanged', 'it held nothing new'), ('discarded', 'was never applied'), ('broken', 'ended before it was planned; nothing of it was applied')], default='reading', max_length=9)),
                ('rows', models.PositiveIntegerField()),
                ('rows_read', models.PositiveIntegerField(default=0)),
                ('accepted', models.PositiveIntegerField(default=0)),
                ('rejected', models.JSONField(default=dict)),
                ('diff', models.JSONField(default=dict)),
                ('notes', models.JSONField(default=list)),
                ('began_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['file_sha256'], name='list_import_of_file')],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
