"""No page asks the database more than forty times, or leads to a refusal, whoever opens it."""

import pytest

from console.matrix import MATRIX
from console.models import Job
from tests.console.conftest import LogIn
from tests.console.everything import everything
from tests.console.seed import Seeded
from tests.console.test_access import ROLES
from tests.console.walking import name_of, pages_of, walk
from tests.stages import staged

MOST = 40
ACTS = {("samples", "sample_draw"), ("sample", "sample_check"), ("retention", "hold_place")}
LEAST = {"owner": 80, "compliance": 80, "supervisor": 60, "agent01": 8, "regulator": 60}  # pages


@staged
def full(seeded: Seeded) -> list[str]:
    """A call centre in which everything has happened; what no list there leads to at once."""
    everything(seeded)
    results = Job.objects.exclude(result="").values_list("result", flat=True)
    return [f"/decisions/{seeded.permitted}/recording/", *results]


class TestEveryPage:
    @pytest.mark.parametrize("username", ROLES)
    def test_asks_little_and_leads_nowhere_that_is_closed(
        self, username: str, full: list[str], log_in: LogIn
    ) -> None:
        own = {name for name in MATRIX if ROLES[username] in MATRIX[name]}
        also = full if username == "compliance" else []

        opened = list(walk(log_in(username), [*pages_of(username), *also], follow=True))

        assert len(opened) >= LEAST[username]
        assert {one.name: one.questions for one in opened if one.questions > MOST} == {}
        assert [one.url for one in opened if one.status == 403 or one.status >= 500] == []
        leads = {
            (one.name, name_of(there)) for one in opened for there in [*one.links, *one.forms]
        }
        assert {(here, there) for here, there in leads if there in MATRIX.keys() - own} == set()
        # Whoever may do something is offered it.
        assert {pair for pair in ACTS if pair[1] in own} <= leads
