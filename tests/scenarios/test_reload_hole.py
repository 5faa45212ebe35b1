"""RELOAD-HOLE: while a list is deleted and loaded again, every listed number reads "not blocked".

Here refusals are only ever added, so there is no moment without them; and whoever tries to
delete them, the database itself refuses.
"""

import threading
from collections.abc import Callable

from django.db import DatabaseError, connection, transaction

from compliance.models import Person, Refusal
from dialer.models import Lead
from tests.scenarios.floor import Floor
from tests.world import World, callees, refuse

ROUNDS = 40
RELOADS = ["DELETE FROM compliance_refusal", "TRUNCATE compliance_refusal CASCADE"]


class Reloading(threading.Thread):
    """Adds refusals and tries to reload the list, all the time."""

    def __init__(self, world: World, others: list[Person]) -> None:
        super().__init__(daemon=True)
        self._world, self._others = world, others
        self.reloads_refused = 0

    def run(self) -> None:
        try:
            for other in self._others:
                refuse(other, self._world.principal)
                self._try_to_reload()
        finally:
            connection.close()

    def _try_to_reload(self) -> None:
        for statement in RELOADS:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '2s'")
                    cursor.execute(statement)
            except DatabaseError:
                self.reloads_refused += 1


class TestListUnderReload:
    def test_never_lets_a_listed_number_through(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        listed, willing, *others = callees(world, 2 + ROUNDS)
        refuse(listed, world.principal)
        (lead, _) = floor.leads(listed, willing)
        reloading = Reloading(world, others)

        reloading.start()
        while reloading.is_alive():
            Lead.objects.filter(pk=lead.pk).update(state=Lead.State.WAITING)
            floor.ready()
            floor.tick()
        floor.work_off()

        assert floor.invites_to(willing) == 1
        assert floor.invites_to(listed) == 0
        assert reloading.reloads_refused == len(RELOADS) * ROUNDS
        assert Refusal.objects.count() == 1 + ROUNDS
