"""The rulebook is pure: it imports no framework, reads no clock and touches no file."""

import subprocess
import sys

PROGRAM = """
import importlib, pkgutil, sys
import compliance.rulebook
for found in pkgutil.walk_packages(compliance.rulebook.__path__, "compliance.rulebook."):
    importlib.import_module(found.name)
ours = {name.partition(".")[0] for name in sys.modules}
print(*sorted(ours & {"django", "rest_framework", "celery", "redis", "psycopg", "socket",
                      "random", "config", "dialer", "console"}))
"""


class TestRulebook:
    def test_imports_nothing_but_the_standard_library_and_canonical_json(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
        )

        assert done.stdout.strip() == ""
