"""A kill switch is released by two people: the database holds them to being two."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

TWO = """
-- A switch is thrown as it is thrown; all that can happen to it is its release, once, by two.
CREATE OR REPLACE FUNCTION compliance_killswitch_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['released_by', 'release_asked_by', 'released_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
       OR OLD.released_at IS NOT NULL OR NEW.released_at IS NULL THEN
        RAISE EXCEPTION 'A kill switch can only be released, once.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.released_by = '' OR NEW.release_asked_by IN ('', NEW.released_by) THEN
        RAISE EXCEPTION 'A kill switch is released by one person as another has asked.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""
ONE = """
CREATE OR REPLACE FUNCTION compliance_killswitch_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := ARRAY['released_by', 'released_at'];
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving
       OR OLD.released_at IS NOT NULL OR NEW.released_at IS NULL THEN
        RAISE EXCEPTION 'A kill switch can only be released, once.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Add who asked; switches that one person released before keep it empty."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("compliance", "0027_first_passwords")]

    operations: ClassVar[list[Operation]] = [
        migrations.AddField(
            "killswitch",
            "release_asked_by",
            models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.AddConstraint(
            "killswitch",
            models.CheckConstraint(
                name="killswitch_released_by_two",
                condition=models.Q(release_asked_by="")
                | ~models.Q(release_asked_by=models.F("released_by")),
            ),
        ),
        migrations.RunSQL(TWO, ONE),
    ]
