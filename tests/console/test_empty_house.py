"""The first day: nobody is on record but the people who look."""

import re

import pytest

from compliance.models import User
from tests.console.conftest import LogIn
from tests.console.test_access import ROLES
from tests.console.walking import pages_of, walk

LEADS_ON = {"home", "factor", "public_confirm"}  # there is nothing to show at this step
ABOUT_SOMETHING = {  # that is not there yet: two editions, a seat, a checkpoint
    *("rulebook_diff", "seat_state"),
    *("audit_checkpoint", "public_checkpoint"),
}
LEAST = {"owner": 40, "compliance": 40, "supervisor": 30, "agent01": 8, "regulator": 30}  # pages
FORMS = {"public_receipt"}  # one field, whose label says it all
# What a script fills says so by a `data-` attribute.
EMPTY = re.compile(r"<(tbody|table|ul|ol|dl|select)(?![^>]*\bdata-)[^>]*>\s*</\1>")
SENTENCE = re.compile(r"[\u3400-\u9fff]{2}[^<]*[。！]")


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main")[0]


class TestEveryPage:
    @pytest.mark.parametrize("username", ROLES)
    def test_has_words_for_an_empty_house(self, username: str, db: None, log_in: LogIn) -> None:
        for name, role in ROLES.items():
            User.objects.create(username=name, role=role)

        opened = list(walk(log_in(username), pages_of(username), follow=False))

        answered = {one.name: one.status for one in opened}
        pages = {one.name: main_of(one.body) for one in opened if "<main" in one.body}
        others = {name: status for name, status in answered.items() if status != 200}
        assert len(opened) >= LEAST[username]
        assert others == {
            name: 302 if name in LEADS_ON else 404
            for name in answered
            if name in LEADS_ON | ABOUT_SOMETHING
        }
        assert [name for name, page in pages.items() if EMPTY.search(page)] == []
        wordless = {name for name, page in pages.items() if not SENTENCE.search(page)}
        assert wordless <= FORMS
