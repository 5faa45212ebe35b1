"""The PostgreSQL and the Valkey that run beside the demo and the tests when none is named."""

from config.services.embedded import Servers, embedded_servers

__all__ = ["Servers", "embedded_servers"]
