"""The settings as a process of their own sees them."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOW = (
    "import json, {module}; from django.conf import settings;"
    "print(json.dumps({{n: getattr(settings, n) for n in {names!r}}}, default=str))"
)


def settings(*names: str, module: str = "json", **environ: str) -> dict[str, object]:
    """Load the settings in a new interpreter and return the named ones."""
    clean = {k: v for k, v in os.environ.items() if not k.endswith("_URL")}
    output = subprocess.check_output(
        [sys.executable, "-c", SHOW.format(module=module, names=names)],
        cwd=ROOT,
        env={**clean, "DJANGO_SETTINGS_MODULE": "config.settings", **environ},
        text=True,
    )
    found: dict[str, object] = json.loads(output)
    return found


class TestSettings:
    def test_answer_this_machine_only_until_an_https_address_is_named(self) -> None:
        names = ("ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG")

        at_home = settings(*names, DEBUG="1")
        public = settings(*names, PUBLIC_URL="https://yunhu.example.cn")

        assert at_home["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
        assert at_home["DEBUG"] is False
        assert public["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]", "yunhu.example.cn"]
        assert public["SESSION_COOKIE_SECURE"] is True
        assert public["SECURE_SSL_REDIRECT"] is True

    def test_pool_connections_in_the_web_process_only(self) -> None:
        web = settings("DATABASES", module="config.asgi")
        other = settings("DATABASES")

        assert "'pool'" in str(web)
        assert "'pool'" not in str(other)

    def test_give_every_process_the_application_that_tasks_belong_to(self) -> None:
        found = settings("CELERY_BROKER_URL", REDIS_URL="unix:///run/redis.sock")

        assert found["CELERY_BROKER_URL"] == "redis+socket:///run/redis.sock"
