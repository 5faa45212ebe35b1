"""Whoever sits in the outlet that a complaint is about is found by the outlet's own row."""

from django.db import migrations


def accused(outlet: str) -> str:
    """Return the function, with what says which seats are in the accused outlet."""
    return f"""
CREATE OR REPLACE FUNCTION compliance_is_accused(the_user bigint, the_complaint bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM compliance_complaintaccused a
          LEFT JOIN compliance_campaignfiling f ON f.id = a.filing_id
         WHERE a.complaint_id = the_complaint AND (
               a.agent_id = the_user OR f.author_id = the_user
               OR EXISTS (SELECT 1 FROM compliance_seat s WHERE s.agent_id = the_user
                           AND (s.id = a.seat_id OR {outlet}))
               OR EXISTS (SELECT 1 FROM compliance_accounttie t WHERE t.user_id = the_user
                           AND (t.outlet = nullif(a.outlet, '')
                                OR t.principal_id IN (a.principal_id, f.principal_id)))))
$$;
"""


BY_ROW = (
    "EXISTS (SELECT 1 FROM compliance_outlet o WHERE o.id = s.outlet_id"
    " AND nullif(a.outlet, '') IN (o.code, o.name))"
)
BY_WORD = "s.outlet = nullif(a.outlet, '')"


class Migration(migrations.Migration):
    """Replace the function."""

    dependencies = [("compliance", "0010_parties")]
    operations = [
        # Its body is read again when it runs, as the table then stands.
        migrations.RunSQL(
            accused(BY_ROW), f"SET LOCAL check_function_bodies = off; {accused(BY_WORD)}"
        ),
    ]
