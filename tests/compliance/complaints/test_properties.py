"""Properties of a complaint: it stops the number whatever it says, and its accused stay out.

CN13-CMP-01 (complaint_open), CN13-CMP-03 (complaint_step).
"""

from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st

from compliance.gate import PermitRefusal
from compliance.models import Complaint, Permit, Seat, User
from compliance.numbers import normalise
from compliance.selectors.complaints import READERS, complaints_for
from compliance.services.complaint_accuse import account_tie
from compliance.services.complaint_open import Intake, complaint_open
from compliance.services.complaint_step import ComplaintStepError, complaint_step
from tests.compliance.complaints.cases import complain, officer
from tests.examples import FEW
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, ask, callee, number_at, permitted

anything = (
    st.text(st.characters(), max_size=200)
    | st.just(f"{number_at(0)}\0")
    # A number inside a word, and then cut off there.
    | st.integers(0, 130).map(lambda before: f"{'案' * before}13800138000abc")
)
STEPS = ("assigned", "noted", "upheld", "rejected")  # that need no step before them
PARTS = ("agent", "author", "in_outlet", "at_outlet", "for_principal")


class TestComplaint:
    @FEW
    @given(
        channel=st.sampled_from(Complaint.Channel.values),
        external_ref=anything,
        summary=anything,
        received_at=st.none()
        | st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
        permit_id=st.none() | st.uuids(),
    )
    @example(
        channel="12321",
        external_ref=f"{'案' * 53}13800138000abc",
        summary="\0",
        received_at=None,
        permit_id=None,
    )
    def test_stops_the_number_whatever_it_says(self, world: World, **said: object) -> None:
        with undone():
            person = callee(world)
            permit = permitted(world, person)

            opened = complaint_open(
                number=normalise(number_at(0)),
                intake=Intake(**said),  # type: ignore[arg-type]
                actor=ACTOR,
                now=MORNING,
            )

            permit.refresh_from_db()
            answer = ask(world, person)
            assert permit.state == Permit.State.VOID
            assert isinstance(answer, PermitRefusal)
            assert "CN13-REF-09" in answer.rules
            assert opened.complaint.received_at <= MORNING


def somebody(world: World, call: Permit, parts: set[str], role: str) -> User:
    """Return an account that has these parts in what the call was about."""
    seat = Seat.objects.select_related("outlet").get(pk=call.seat_id)
    if "agent" in parts:
        user = User.objects.get(pk=seat.agent_id)
    elif "author" in parts:
        user = world.people.author
    else:
        user = officer("somebody")
    if "in_outlet" in parts and "agent" not in parts:
        Seat.objects.create(code="S9998", outlet=seat.outlet, agent=user)
    if "at_outlet" in parts:
        account_tie(user=user, outlet=seat.outlet.code, actor=ACTOR, now=MORNING)
    if "for_principal" in parts:
        account_tie(user=user, principal=world.principal, actor=ACTOR, now=MORNING)
    User.objects.filter(pk=user.pk).update(role=role)
    return User.objects.get(pk=user.pk)


class TestAccused:
    @FEW
    @given(
        parts=st.sets(st.sampled_from(PARTS), max_size=3),
        role=st.just("compliance") | st.sampled_from(User.Role.values),
        kind=st.sampled_from(STEPS),
    )
    def test_neither_sees_nor_moves_the_case_and_others_do_by_their_role(
        self, world: World, call: Permit, parts: set[str], role: str, kind: str
    ) -> None:
        with undone():
            user = somebody(world, call, parts, role)
            case = complain(0, permit_id=call.pk).complaint
            try:
                complaint_step(
                    complaint=case,
                    kind=kind,
                    by=user,
                    handler=user if kind == "assigned" else None,
                    now=MORNING,
                )
            except ComplaintStepError:
                moved = False
            else:
                moved = True

            assert moved is (not parts and role == "compliance")
            assert complaints_for(user).exists() is (not parts and role in READERS)
