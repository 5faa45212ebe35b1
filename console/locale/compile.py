"""Compile the Chinese catalogue: `python console/locale/compile.py`, after editing the .po file.

To collect new sentences first, `manage.py makemessages -l zh_Hans --no-wrap --add-location file
-i .venv -i var -i tests -i docs` needs gettext; compiling needs polib of the developers'
requirements only.
"""

from pathlib import Path

import polib

CATALOGUE = Path(__file__).parent / "zh_Hans" / "LC_MESSAGES" / "django.po"

if __name__ == "__main__":
    polib.pofile(str(CATALOGUE)).save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
