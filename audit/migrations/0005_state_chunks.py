"""Keep the digests of the registers' rows from one night to the next."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_sealing")]
    operations = [
        migrations.CreateModel(
            name="AuditStateChunk",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "register",
                        "chunk",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("register", models.CharField(max_length=64)),
                ("chunk", models.BigIntegerField()),
                ("rows", models.BinaryField()),
            ],
            options={
                "verbose_name": "digests of a register 登记簿摘要",
                "verbose_name_plural": "digests of the registers 登记簿摘要",
                "db_table": "audit_state_chunk",
            },
        ),
        # Digests are random bytes: nothing to compress.
        migrations.RunSQL(
            "ALTER TABLE audit_state_chunk ALTER COLUMN rows SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
