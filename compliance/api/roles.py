"""The roles that read what is on record."""

from compliance.models import User

Role = User.Role
OVERSIGHT = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE, Role.SUPERVISOR})
READERS = OVERSIGHT | {Role.REGULATOR}
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE})
