"""How often one account may ask."""

from rest_framework.throttling import UserRateThrottle


class ReadThrottle(UserRateThrottle):
    """Enough for a program that follows what happens."""

    scope = "api-reads"
    rate = "240/min"


class WriteThrottle(UserRateThrottle):
    """Enough for a program that passes on what people say."""

    scope = "api-writes"
    rate = "120/min"
