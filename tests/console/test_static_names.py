"""Scripts of one page share one scope: a second function of a name takes the first one's place."""

import re
from collections import Counter
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "console" / "static" / "console"
NAMED = re.compile(r"^(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE)


class TestScripts:
    def test_have_no_name_in_common(self) -> None:
        """The desk's `tick` had stopped the clock of the demo on the desk's page."""
        names = Counter(
            name
            for path in SCRIPTS.glob("*.js")
            for name in NAMED.findall(path.read_text("utf-8"))
        )

        assert len(names) > 15
        assert [name for name, count in names.items() if count > 1] == []
