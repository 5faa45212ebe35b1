"""The document of the API speaks both languages, as every page does."""

import re

from compliance.api.openapi import GROUPS, document

CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]{2}"), re.compile("[A-Za-z]{2}.* .*[a-z]{2}")


class TestTheDocument:
    def test_says_in_both_languages_what_each_operation_does(self) -> None:
        for path in document()["paths"].values():
            for operation in path.values():
                assert CHINESE.search(operation["summary"]), operation
                assert ENGLISH.search(operation["summary"]), operation
                assert CHINESE.search(operation["description"]), operation

    def test_names_every_group_in_both_languages(self) -> None:
        operations = [one for path in document()["paths"].values() for one in path.values()]
        assert {tag for one in operations for tag in one["tags"]} == set(GROUPS)
        assert all(CHINESE.search(words) and " / " in words for words in GROUPS.values())
