"""The records that decide who may be called, when and on whose behalf."""

from compliance.models.user import User

__all__ = ["User"]
