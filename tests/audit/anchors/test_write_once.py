import dataclasses
from pathlib import Path

import pytest

from audit.anchors.anchored import AnchorError, Published
from audit.anchors.write_once import anchor_write_once

PUBLISHED = Published(origin="yunhu.test/audit", epoch=1, size=7, note=b"note\n")


class TestWriteOnce:
    def test_leaves_the_exact_bytes_that_nobody_may_write(self, tmp_path: Path) -> None:
        reference = anchor_write_once(PUBLISHED, folder=tmp_path).reference

        path = tmp_path / "checkpoint-001-000000000007.txt"
        assert reference == str(path)
        assert path.read_bytes() == PUBLISHED.note
        assert path.stat().st_mode & 0o777 == 0o444

    def test_is_content_with_what_is_there(self, tmp_path: Path) -> None:
        anchor_write_once(PUBLISHED, folder=tmp_path)

        assert anchor_write_once(PUBLISHED, folder=tmp_path).reference

    def test_refuses_another_note_of_the_same_size(self, tmp_path: Path) -> None:
        anchor_write_once(PUBLISHED, folder=tmp_path)
        other = dataclasses.replace(PUBLISHED, note=b"other\n")

        with pytest.raises(AnchorError, match="another checkpoint"):
            anchor_write_once(other, folder=tmp_path)

        assert (tmp_path / PUBLISHED.name).read_bytes() == PUBLISHED.note

    def test_says_that_the_storage_is_away(self, tmp_path: Path) -> None:
        with pytest.raises(AnchorError, match="cannot be written"):
            anchor_write_once(PUBLISHED, folder=tmp_path / "away")
