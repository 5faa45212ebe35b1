"""The long-lived process that owns a trunk and the calls on it."""
