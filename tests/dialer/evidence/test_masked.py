"""CN13-GOV-02: whoever reads an evidence_pack that is masked finds no number in any free text."""

from hypothesis import example, given
from hypothesis import strategies as st

from compliance.models import Person
from compliance.services.complaint_step import complaint_step
from compliance.services.refusal_record import refusal_record
from dialer.services.evidence_pack import evidence_pack
from tests.compliance.complaints.cases import complain, officer
from tests.examples import FEW
from tests.stages import staged
from tests.undone import undone
from tests.world import ACTOR, MORNING, World, build_world, callee, number_at

NATIONAL = number_at(0).removeprefix("+86")
WIDE = {ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}
groupings = st.sampled_from(["{}{}{}", "{} {} {}", "{}-{}-{}", "+86 {} {} {}", "0086{}{}{}"])
widths = st.sampled_from([NATIONAL, NATIONAL.translate(WIDE)])
around = st.text(st.characters(codec="utf-8", exclude_categories=["N"]), max_size=8)


@st.composite
def mentions(draw: st.DrawFn) -> str:
    """Draw a sentence that somebody wrote with the number in it."""
    digits = draw(widths)
    number = draw(groupings).format(digits[:3], digits[3:7], digits[7:])
    return f"{draw(around)}{number}{draw(around)}"


@staged
def person() -> tuple[World, Person]:
    world = build_world()
    return world, callee(world)


def digits_of(content: bytes) -> str:
    """Return the pack's text with every digit plain and nothing between digits."""
    text = content.decode(errors="replace").translate(
        {wide: digit for digit, wide in WIDE.items()}
    )
    return text.replace(" ", "").replace("-", "")


class TestMaskedPack:
    @FEW
    @given(
        summary=mentions(),
        note=mentions(),
        evidence=mentions(),
        role=st.sampled_from(["regulator", "administrator", "compliance"]),
    )
    @example(summary="", note="", evidence="来信：138 1000 0000", role="regulator")
    def test_shows_no_number_however_somebody_wrote_it_down(
        self, person: tuple[World, Person], summary: str, note: str, evidence: str, role: str
    ) -> None:
        world, callee_ = person
        with undone():
            case = complain(0, summary=summary).complaint
            refusal_record(
                person_id=callee_.pk,
                principal=None,
                source="letter",
                evidence=evidence,
                actor=ACTOR,
                now=MORNING,
            )
            complaint_step(
                complaint=case, kind="noted", by=world.people.approver, note=note, now=MORNING
            )

            made = evidence_pack(
                person=callee_,
                complaint=case,
                by=officer("reader", role=role),
                unmasked=False,
                now=MORNING,
            )

            assert NATIONAL not in digits_of(made.content)
