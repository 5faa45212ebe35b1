"""The gate under any sequence of events, with a clock that goes where it likes.

The machine works in one database session on the real tables; after every step it checks:

I1   in every rolling window, no more permits than the cap: seat (hour, day) and callee (day, 30
     days), counted here from the ledger's rows with windows that end at every permit
I2   live permits: one a seat, one a person, and no more on the trunk than its contract allows
I3   a refused or deferred request leaves the ledger, the leads to caps and the seats untouched
I4   a permit is spent at most once, within its ten seconds, as it was signed
I5   nothing is spent after a covering refusal, a withdrawal, a pause, a switch or a new epoch
I6   a skewed clock or a missing fact means no; another refusal never turns a no into a yes
I7   every decision's stored bytes replay to the same findings
I8   the same request id gives the same answer and reserves nothing twice
I9   expiring and closing twice change nothing, and give no place in a cap back
I10  the counts that the rules were given are the counts of the ledger's rows
I12  a clock that goes back admits nothing that it would not have admitted
I15  the order of the rules does not change who objects
I16  requests asked in any order end, and grant as many as the caps leave
"""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)

from audit.uuid7 import uuid7
from compliance.gate import PermitRefusal
from compliance.models import (
    Consent,
    Epoch,
    Permit,
)
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.permits_expire import permits_expire
from tests.compliance.gate.attacker import triggers_off
from tests.compliance.gate.machine_world import (
    DAY,
    HOUR,
    PEOPLE,
    SEATS,
    TRUNK_CALLS,
    GateWorld,
)
from tests.undone import undone
from tests.world import (
    ACTOR,
    MORNING,
    World,
    callees,
    let_time_pass,
    make_principal,
    refuse,
)

SEAT_CAPS = {HOUR: 25, DAY: 120}  # CN13-DIA-03
CALLEE_CAPS = {DAY: 2, timedelta(days=30): 6}  # CN13-FRQ-01, P3
OUTCOMES = st.sampled_from([("no_answer", 0), ("busy", 0), ("answered", 2), ("answered", 60)])
seats, people = st.integers(0, SEATS - 1), st.integers(0, PEOPLE - 1)
places = st.integers(0, 3)
fickle = st.integers(5, PEOPLE - 1)  # who may say no; the others stay willing


class Gate(GateWorld):
    """Everybody who can touch the gate, in any order."""

    # What happens

    @rule(seat=seats, person=people)
    def request(self, seat: int, person: int) -> None:
        before = self.ledger()
        request = uuid7(self.now)

        answer = self.ask(person, seat, request=request)

        if isinstance(answer, PermitRefusal):
            assert self.ledger() == before  # I3
            return
        assert self.ask(person, seat, request=request) == answer  # I8
        assert len(self.ledger()) == len(before) + 1
        assert not self.covered(answer)  # I5, at the decision

    @rule(seat=seats, person=people, seconds=st.sampled_from([-3600, -2, 2, 3600]))
    def request_by_a_wrong_clock(self, seat: int, person: int, seconds: int) -> None:
        now = self.now + timedelta(seconds=seconds)

        answer = self.ask(person, seat, now=now)

        assert isinstance(answer, PermitRefusal)  # I6
        assert "CN13-TIM-11" in answer.rules

    @rule(order=st.permutations([(s, p) for s in range(SEATS) for p in range(PEOPLE)]))
    def request_all(self, order: list[tuple[int, int]]) -> None:
        free = self.free_places()

        answers = [self.ask(person, seat) for seat, person in order]

        granted = sum(isinstance(answer, Permit) for answer in answers)
        assert granted <= free  # I16: ends, and grants no more than there is room for
        if free and any(self.would_allow(s, p) for s, p in order):
            raise AssertionError("Room was left, and somebody who may be called was not.")

    @rule(seat=seats, person=people, outcome=OUTCOMES)
    def call(self, seat: int, person: int, outcome: tuple[str, int]) -> None:
        answer = self.ask(person, seat)
        if isinstance(answer, Permit):
            assert self.try_to_spend(answer.pk)
            self.note_call(answer.pk)
            assert self.try_to_close(answer.pk, outcome)

    @precondition(lambda self: self.any_permit)
    @rule(place=places)
    def spend(self, place: int) -> None:
        row = self.pick(place)
        usable = (
            row.state == Permit.State.ISSUED
            and self.now < row.expires_at
            and row.issued_at <= self.now + timedelta(seconds=1)
            and row.epoch == Epoch.objects.get().value
            and not self.covered(row)
        )

        spent = self.try_to_spend(row.pk)

        assert spent == usable  # I4, I5
        if spent:
            self.note_call(row.pk)
            assert not self.try_to_spend(row.pk)  # I4

    @precondition(lambda self: self.any_permit)
    @rule(place=places, column=st.sampled_from(["expires_at", "issued_at", "epoch", "seat_id"]))
    def spend_altered(self, place: int, column: str) -> None:
        before = self.pick(place)
        permit = before.pk
        change = {
            "expires_at": "expires_at - interval '1 ms'",
            "issued_at": "issued_at + interval '1 ms'",
            "epoch": "epoch - 1",
            "seat_id": "(SELECT max(id) FROM compliance_seat) + (SELECT min(id) FROM"
            " compliance_seat) - seat_id",
        }[column]
        with undone():
            with triggers_off():
                self.alter(column, change, permit)
            if getattr(Permit.objects.get(pk=permit), column) != getattr(before, column):
                assert not self.try_to_spend(permit)  # I4

    @precondition(lambda self: self.any_permit)
    @rule(place=places, outcome=OUTCOMES)
    def end(self, place: int, outcome: tuple[str, int]) -> None:
        row = self.pick(place)
        up = row.state == Permit.State.REDEEMED

        assert self.try_to_close(row.pk, outcome) == up
        assert self.try_to_close(row.pk, outcome) is False  # I9

    @rule()
    def expire(self) -> None:
        issued = Permit.objects.count()
        permits_expire(now=self.now)

        assert permits_expire(now=self.now) == 0  # I9
        assert Permit.objects.count() == issued

    @rule(person=fickle, towards=st.sampled_from(["principal", "industry", "everybody", "other"]))
    def refuse(self, person: int, towards: str) -> None:
        principal = {"principal": self.world.principal, "everybody": None}.get(
            towards, self.other_principal(towards)
        )
        allowed = self.would_allow(0, person)

        refuse(self.callees[person], principal)

        assert allowed or not self.would_allow(0, person)  # I6: monotone

    @rule(person=fickle)
    def withdraw(self, person: int) -> None:
        consent = Consent.objects.filter(person=self.callees[person]).latest("pk")
        consent_withdraw(consent=consent, actor=ACTOR, now=self.now)

        assert not self.would_allow(0, person)

    @rule(stop=st.sampled_from(["pause", "platform", "principal", "industry"]), person=people)
    def stop_for_a_while(self, stop: str, person: int) -> None:
        go_on = self.stop(stop)

        assert not any(self.would_allow(seat, person) for seat in range(SEATS))
        assert not any(self.try_to_spend(permit.pk) for permit in self.live_unspent())  # I5

        go_on()
        # What was permitted before the stop stays dead after it.
        assert not any(self.try_to_spend(permit.pk) for permit in self.live_unspent())

    @rule(seconds=st.sampled_from([1, 5, 11, 660, 1800, 24 * 3600, 7 * 24 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.now = let_time_pass(self.now + timedelta(seconds=seconds))
        permits_expire(now=self.now)  # as the schedule does every few seconds

    @rule(seconds=st.sampled_from([1, 11, 3600, 24 * 3600]))
    def time_goes_back(self, seconds: int) -> None:
        then = max(self.now - timedelta(seconds=seconds), MORNING - DAY)
        self.now = let_time_pass(then)

    # What always holds

    @invariant()
    def caps_hold(self) -> None:
        """I1 and I12: whatever the clock did, every window that ends at a permit holds."""
        rows = list(Permit.objects.values_list("seat_id", "person_id", "issued_at"))
        for place, caps in ((0, SEAT_CAPS), (1, CALLEE_CAPS)):
            for key in {row[place] for row in rows}:
                times = [row[2] for row in rows if row[place] == key]
                for window, cap in caps.items():
                    for end in times:
                        inside = [at for at in times if end - window < at <= end]
                        assert len(inside) <= cap

    @invariant()
    def live_permits_fit(self) -> None:
        """I2."""
        live = self.live()
        assert len(live) <= TRUNK_CALLS
        assert len({permit.seat_id for permit in live}) == len(live)
        assert len({permit.person_id for permit in live}) == len(live)

    @invariant()
    def spent_permits_are_the_ledgers(self) -> None:
        """I4: the ledger knows exactly the permits that were spent here."""
        redeemed = Permit.objects.filter(redeemed_at__isnull=False)
        assert set(redeemed.values_list("pk", flat=True)) == self.spent


def machine(world: World) -> type[Gate]:
    """Return the machine in a world that is there already."""

    class GateOfWorld(Gate):
        pass

    GateOfWorld.world, GateOfWorld.calls = world, 0
    GateOfWorld.callees = callees(world, PEOPLE)
    GateOfWorld.others = {
        industry: make_principal(name=f"另一家 {industry}", industry=industry)
        for industry in ("education", "retail")
    }
    return GateOfWorld
