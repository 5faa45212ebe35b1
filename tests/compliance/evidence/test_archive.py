"""CN13-CMP-04: the evidence_pack as a file: complete, and the same bytes every time."""

import hashlib
import io
import json
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from compliance.evidence.archive import MANIFEST, archive
from compliance.evidence.rows import json_bytes

names = st.from_regex(r"[a-z_]{1,8}\.(json|txt|pem)", fullmatch=True).filter(MANIFEST.__ne__)
contents = st.dictionaries(names, st.binary(max_size=64), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class TestArchive:
    @given(st.data(), contents)
    def test_gives_every_file_back_whose_digest_it_lists(
        self, data: st.DataObject, files: dict[str, bytes]
    ) -> None:
        turned = dict(data.draw(st.permutations(list(files.items()))))

        content = archive(files)

        assert archive(turned) == content
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            read = {name: packed.read(name) for name in packed.namelist()}
        manifest = json.loads(read.pop(MANIFEST))
        assert read == files
        assert manifest["files"] == {
            name: hashlib.sha256(each).hexdigest() for name, each in files.items()
        }


class TestJsonBytes:
    @given(st.data(), st.dictionaries(st.text(max_size=4), values, max_size=4))
    def test_write_equal_values_alike(self, data: st.DataObject, value: dict[str, object]) -> None:
        turned = dict(data.draw(st.permutations(list(value.items()))))

        assert json_bytes(turned) == json_bytes(value)
        assert json.loads(json_bytes(value)) == value
