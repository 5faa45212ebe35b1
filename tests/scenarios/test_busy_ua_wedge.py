"""BUSY-UA-WEDGE: a busy or refused first answer blocks the line for the next call.

As the peer ships, 403, 486, 183 and 407 as first answers block for ever, and 503 raises.
"""

from collections.abc import Callable

from dialer.lines.base import Outcome
from dialer.models import Attempt
from tests.scenarios.floor import Floor
from tests.world import World, callees

QUICK = {"provisional": [], "ring_seconds": 0.0}  # the final answer is the first one
FIRST_ANSWERS = {
    0: ({"behaviour": "busy", **QUICK}, Outcome.BUSY),
    1: ({"behaviour": "forbidden", **QUICK}, Outcome.FORBIDDEN),
    2: ({"behaviour": "congestion", **QUICK}, Outcome.CONGESTION),
    3: ({"behaviour": "declined", **QUICK}, Outcome.DECLINED),
    4: ({"behaviour": "not_found", **QUICK}, Outcome.INVALID_NUMBER),
    5: ({"behaviour": "auth_407", **QUICK}, Outcome.AUTH_FAILED),
    6: ({"behaviour": "early_media", "talk_seconds": 0.1}, Outcome.ANSWERED),
    7: ({"behaviour": "busy", "lose_invites": 1, **QUICK}, Outcome.BUSY),
    8: ({"behaviour": "answer", "talk_seconds": 0.1}, Outcome.ANSWERED),
}


class TestFirstAnswer:
    def test_blocks_nothing_and_no_call_is_lost_or_repeated(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({place: entry for place, (entry, _) in FIRST_ANSWERS.items()})
        floor.start_line()
        people = callees(world, len(FIRST_ANSWERS))
        floor.leads(*people)

        floor.work_off()

        assert [floor.invites_to(person) for person in people] == [1] * len(people)
        results = dict(Attempt.objects.values_list("lead__person_id", "result"))
        assert [results[person.pk] for person in people] == [
            outcome.value for _, outcome in FIRST_ANSWERS.values()
        ]
        assert floor.wire_equals_permits()
