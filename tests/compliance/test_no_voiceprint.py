"""CN13-SEC-07: nobody is told by their voice; no field, setting or library could do it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
APPS = ("audit", "compliance", "config", "console", "dialer")
BIOMETRIC = re.compile(
    r"voice_?print|speaker_?(?:id|embedding|recognition|verif|model)|voice_?(?:id|embedding|match)"
    r"|biometr|d_?vector|x_?vector|face_?(?:id|embedding|recognition|print)|finger_?print_?match",
    re.IGNORECASE,
)
LIBRARIES = {  # that tell a person by their voice or face; by the names on the package index
    "azure-cognitiveservices-speech", "deepface", "dlib", "espnet", "face-recognition",
    "insightface", "nemo-toolkit", "pyannote-audio", "pyannote-core", "resemblyzer", "sidekit",
    "speechbrain", "titanet", "wespeaker",
}  # fmt: skip


def names() -> Iterator[tuple[str, str]]:
    """Yield every name that the code gives to something, with where it stands."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            where = str(path.relative_to(ROOT))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for field in ("name", "id", "attr", "arg"):
                    found = getattr(node, field, None)
                    if isinstance(found, str):
                        yield where, found


def locked() -> set[str]:
    """Return the packages that an installation, or its development, brings along."""
    text = "".join(
        (ROOT / name).read_text(encoding="utf-8")
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    return {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


class TestVoiceprints:
    def test_have_no_field_in_any_table(self) -> None:
        fields = [
            f"{model.__name__}.{field.name}"
            for model in apps.get_models()
            for field in model._meta.get_fields()
        ]

        assert len(fields) > 500
        assert [field for field in fields if BIOMETRIC.search(field)] == []

    def test_have_no_setting(self) -> None:
        assert [name for name in dir(settings) if BIOMETRIC.search(name)] == []

    def test_have_no_name_in_the_code(self) -> None:
        assert [one for one in names() if BIOMETRIC.search(one[1])] == []

    def test_have_no_library(self) -> None:
        packages = locked()

        assert len(packages) > 20
        assert packages & LIBRARIES == set()

    @pytest.mark.parametrize(
        "name",
        ["voiceprint", "voice_print", "speaker_embedding", "SpeakerId", "face_id", "biometrics"],
    )
    def test_would_be_found(self, name: str) -> None:
        assert BIOMETRIC.search(name)

    @pytest.mark.parametrize("name", ["voice", "channel_voice", "speaker", "face", "fingerprint"])
    def test_are_told_from_ordinary_words(self, name: str) -> None:
        assert not BIOMETRIC.search(name)
