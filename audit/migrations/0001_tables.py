"""Make the tables of the audit trail."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("eid", models.UUIDField(unique=True)),
                ("ts", models.DateTimeField()),
                ("tenant", models.CharField(max_length=64)),
                ("action", models.CharField(max_length=64)),
                ("actor", models.CharField(max_length=160)),
                ("object", models.CharField(max_length=160)),
                ("outcome", models.CharField(max_length=8)),
                ("body", models.BinaryField()),
                ("mac", models.BinaryField()),
                ("kid", models.CharField(max_length=16)),
            ],
            options={
                "verbose_name": "audit entry 审计条目",
                "verbose_name_plural": "audit entries 审计条目",
                "db_table": "audit_entry",
                "indexes": [
                    models.Index(fields=["object", "id"], name="audit_entry_object"),
                    models.Index(fields=["actor", "id"], name="audit_entry_actor"),
                    models.Index(fields=["ts"], name="audit_entry_ts"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["ok", "denied", "error"])),
                        name="audit_entry_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditPii",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "entry_id",
                        "field",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="personal",
                        to="audit.auditentry",
                    ),
                ),
                ("field", models.CharField(max_length=64)),
                ("subject", models.CharField(max_length=160)),
                ("blind_index", models.BinaryField()),
                ("value", models.TextField()),
                ("salt", models.BinaryField()),
            ],
            options={
                "verbose_name": "personal field 个人信息字段",
                "verbose_name_plural": "personal fields 个人信息字段",
                "db_table": "audit_pii",
                "indexes": [
                    models.Index(fields=["subject"], name="audit_pii_subject"),
                    models.Index(fields=["blind_index"], name="audit_pii_blind_index"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditPending",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pending",
                        serialize=False,
                        to="audit.auditentry",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry to be sealed 待封存条目",
                "verbose_name_plural": "entries to be sealed 待封存条目",
                "db_table": "audit_pending",
            },
        ),
    ]
