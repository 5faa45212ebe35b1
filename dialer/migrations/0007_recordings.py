"""Recordings: rows that go from open to kept to deleted, and never back."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON dialer_recording
    FOR EACH STATEMENT EXECUTE FUNCTION compliance_append_only();

CREATE FUNCTION dialer_recording_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'open' OR NEW.closed_at IS NOT NULL OR NEW.deleted_at IS NOT NULL THEN
        RAISE EXCEPTION 'A recording begins open.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recording_birth BEFORE INSERT ON dialer_recording
    FOR EACH ROW EXECUTE FUNCTION dialer_recording_birth();

-- CN13-REC-03: nothing goes before its floor, and what a row says of its file stays said.
CREATE FUNCTION dialer_recording_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.attempt_id, NEW.key_id, NEW.started_at)
        IS DISTINCT FROM ROW(OLD.id, OLD.attempt_id, OLD.key_id, OLD.started_at) THEN
        RAISE EXCEPTION 'A recording stays the one of its call.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'open' THEN
        IF NEW.state NOT IN ('closed', 'cut') OR NEW.closed_at IS NULL OR NEW.kind = ''
           OR NEW.floor_until < NEW.started_at + interval '30 days' OR NEW.floor_until IS NULL
           OR NEW.keep_until < NEW.floor_until OR NEW.keep_until IS NULL
           OR (NEW.state = 'cut') <> (NEW.cut_because <> '')
           OR (NEW.bytes > 0) <> (NEW.file_sha256 ~ '^[0-9a-f]{64}$')
           OR NEW.deleted_at IS NOT NULL OR NEW.deleted_because <> '' THEN
            RAISE EXCEPTION 'A recording is closed whole or cut short, with what its file is.'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF OLD.state IN ('closed', 'cut') AND NEW.state = 'deleted' THEN
        IF compliance_now() < OLD.floor_until OR NEW.deleted_at IS NULL
           OR NEW.deleted_because = ''
           OR (to_jsonb(NEW) - '{state,deleted_at,deleted_because}'::text[])
            <> (to_jsonb(OLD) - '{state,deleted_at,deleted_because}'::text[]) THEN
            RAISE EXCEPTION 'A recording goes after its floor, and its digests stay.'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    ELSE
        RAISE EXCEPTION 'A recording that is closed stays as it is.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER recording_moves BEFORE UPDATE ON dialer_recording
    FOR EACH ROW EXECUTE FUNCTION dialer_recording_moves();
"""
GUARDS_BACK = """
DROP TRIGGER recording_moves ON dialer_recording;
DROP FUNCTION dialer_recording_moves();
DROP TRIGGER recording_birth ON dialer_recording;
DROP FUNCTION dialer_recording_birth();
DROP TRIGGER append_only ON dialer_recording;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("dialer", "0006_seat_phones"),
    ]

    operations = [
        migrations.CreateModel(
            name="Recording",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("state", models.CharField(choices=[("open", "being recorded"), ("closed", "whole"), ("cut", "cut short"), ("deleted", "deleted")], default="open", max_length=8)),
                ("key_id", models.CharField(max_length=16)),
                ("started_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("cut_because", models.CharField(blank=True, max_length=16)),
                ("samples", models.BigIntegerField(default=0)),
                ("audio_sha256", models.CharField(blank=True, max_length=64)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("bytes", models.BigIntegerField(default=0)),
                ("kind", models.CharField(blank=True, max_length=32)),
                ("floor_until", models.DateTimeField(null=True)),
                ("keep_until", models.DateTimeField(null=True)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("deleted_because", models.CharField(blank=True, max_length=16)),
                ("attempt", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="recording", to="dialer.attempt")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["started_at"], name="recording_open"),
                    models.Index(condition=models.Q(("state__in", ["closed", "cut"])), fields=["keep_until"], name="recording_kept"),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
    ]
