"""An index of the entries whose action is rare, so that looking for one need not read the trail.

What happens at every call is left out: it is found at once by going back through the trail, and
an index that every call writes would cost every call.
"""

from django.db import migrations

from audit.search import EVERYDAY

_NAMES = ", ".join(f"'{name}'" for name in EVERYDAY)
MAKE = f"CREATE INDEX audit_entry_rare ON audit_entry (action, id) WHERE action NOT IN ({_NAMES})"


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_retention'),
    ]

    operations = [
        migrations.RunSQL(MAKE, "DROP INDEX audit_entry_rare"),
    ]
