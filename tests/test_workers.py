"""Processes that share the tests take nothing from one another."""

import os

import redis
from django.conf import settings
from django.core.cache import cache


class TestCache:
    def test_is_in_the_broker_database_of_this_process(self, db: None) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        cache.set("whose", worker, 60)

        with redis.Redis.from_url(settings.REDIS_URL) as broker:
            assert broker.exists(cache.make_key("whose"))
        assert not worker or settings.REDIS_URL.endswith(f"/{1 + int(worker[2:])}")
