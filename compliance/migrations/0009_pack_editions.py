"""Editions of the rulebook's pack, and what the database forbids about them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


GUARDS = """
-- An edition is written once; the only later change is one approval.
CREATE FUNCTION compliance_edition_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['approver_id', 'approved_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
       OR OLD.approver_id IS NOT NULL OR NEW.approver_id IS NULL THEN
        RAISE EXCEPTION 'An edition can only be approved, once.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_change BEFORE UPDATE ON compliance_packedition
    FOR EACH ROW EXECUTE FUNCTION compliance_edition_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON compliance_packedition
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON compliance_bookuse
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

-- One deployment, one family of packs; an edition is born without its approval.
CREATE FUNCTION compliance_edition_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approver_id IS NOT NULL THEN
        RAISE EXCEPTION 'An edition is proposed first and approved by somebody else.'
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(72057594037927936 * 11);
    IF EXISTS (SELECT 1 FROM compliance_packedition WHERE pack_id <> NEW.pack_id) THEN
        RAISE EXCEPTION 'Packs never mix: this deployment has another one.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER edition_birth BEFORE INSERT ON compliance_packedition
    FOR EACH ROW EXECUTE FUNCTION compliance_edition_birth();

-- What decides calls is part of what stands in an epoch.
CREATE TRIGGER epoch_up AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON compliance_packedition
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_epoch_up();
"""
GUARDS_BACK = """
DROP TRIGGER epoch_up ON compliance_packedition;
DROP TRIGGER edition_birth ON compliance_packedition;
DROP FUNCTION compliance_edition_birth();
DROP TRIGGER append_only ON compliance_bookuse;
DROP TRIGGER append_only ON compliance_packedition;
DROP TRIGGER edition_change ON compliance_packedition;
DROP FUNCTION compliance_edition_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('compliance', '0008_consents_and_refusals'),
    ]

    operations = [
        migrations.CreateModel(
            name='PackEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack_id', models.CharField(max_length=16)),
                ('version', models.CharField(max_length=64)),
                ('content', models.BinaryField()),
                ('digest', models.CharField(max_length=64)),
                ('proposed_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=256)),
                ('effective_from', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('approver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('base', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='compliance.packedition')),
                ('proposer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BookUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('book_digest', models.CharField(max_length=64, unique=True)),
                ('logic_digest', models.CharField(max_length=64)),
                ('first_used_at', models.DateTimeField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='compliance.packedition')),
            ],
        ),
        migrations.AddConstraint(
            model_name='packedition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approver__isnull', True), ('base__isnull', True), ('proposer__isnull', True), ('reason', '')), models.Q(('base__isnull', False), ('proposer__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='edition_is_shipped_or_proposed'),
        ),
        migrations.AddConstraint(
            model_name='packedition',
            constraint=models.CheckConstraint(condition=models.Q(('approver__isnull', True), models.Q(('approver', models.F('proposer')), _negated=True), _connector='OR'), name='edition_needs_two_people'),
        ),
        migrations.AddConstraint(
            model_name='packedition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', True), ('approver__isnull', True)), models.Q(('approved_at__isnull', False), ('approver__isnull', False)), _connector='OR'), name='edition_approval_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='packedition',
            constraint=models.CheckConstraint(condition=models.Q(('effective_from__gte', models.F('proposed_at')), models.Q(('approved_at__isnull', True), ('approved_at__lte', models.F('effective_from')), _connector='OR')), name='edition_never_judges_the_past'),
        ),
        migrations.AddConstraint(
            model_name='packedition',
            constraint=models.UniqueConstraint(condition=models.Q(('proposer__isnull', True)), fields=('digest',), name='edition_shipped_once'),
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
