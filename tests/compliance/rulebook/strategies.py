"""Facts for properties: allowed calls with any number of things changed, good and bad."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from compliance.rulebook.facts import PURPOSES, CallFacts, UseFacts
from tests.compliance.rulebook.build import (
    make_attempt,
    make_consent,
    make_facts,
    make_lift,
    make_refusal,
    make_resume,
    make_suspension,
)
from tests.compliance.rulebook.filings import make_external_list
from tests.compliance.rulebook.instants import WORKDAY_MORNING

DAY = timedelta(days=1)
maybe = st.sampled_from([True, True, True, False])


def before(at: datetime, *, most: timedelta = 60 * DAY) -> st.SearchStrategy[datetime]:
    """Return instants up to `most` before `at`, most of them close to it."""
    spans = [most / 360, most / 60, most / 2, most]
    gaps = st.sampled_from(spans).flatmap(
        lambda span: st.timedeltas(min_value=timedelta(0), max_value=span)
    )
    return gaps.map(lambda gap: at - gap)


instants = st.timedeltas(min_value=timedelta(0), max_value=14 * DAY).map(
    lambda since: WORKDAY_MORNING + since
)
purposes = st.sampled_from((*PURPOSES, "P3", "P3", "P4"))


@st.composite
def call_facts(draw: st.DrawFn) -> CallFacts:
    """Draw the facts of a call about which anything may be wrong, or nothing."""
    at, purpose = draw(instants), draw(purposes)
    return make_facts(
        at=at,
        purpose=purpose,
        consents=tuple(draw(st.lists(_consents(at, purpose), min_size=0, max_size=3))),
        refusals=tuple(draw(st.lists(_refusals(at), max_size=1))),
        attempts=tuple(draw(st.lists(_attempts(at), max_size=4))),
        **{path: draw(choice) for path, choice in CHOICES.items()},
    )


CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "callee__provinces": st.sampled_from([("CN-BJ",), ("CN-BJ",), ("CN-GD", "CN-XJ"), ("CN-*",)]),
    "filing__regime": st.sampled_from(["b24_operator", "b24_operator", "self_use"]),
    "filing__script_offers": st.sampled_from([False, False, False, True]),
    "filing__caller__on_trunk": maybe,
    "callee__external_lists": st.sampled_from([(), (), (), ("association",)]),
    "filing__external_lists": st.sampled_from([(), (), (make_external_list(),)]),
    "seat__overruled": st.sampled_from([0, 0, 1, 2]),
    "filing__complaints_due": st.sampled_from([(), (), (), (WORKDAY_MORNING.date(),)]),
    "filing__suspensions": st.sampled_from(
        [(), (), (), (make_suspension(),), (make_suspension(resumed=make_resume()),)]
    ),
    "health__clock_skew_ms": st.sampled_from([0, 0, 999, 2000]),
    "health__sealing_lag_s": st.sampled_from([0, 0, 61, 900, 901]),
    "health__sealing_stop": st.sampled_from(["", "", "", "refused"]),
    "seat__hour": st.builds(
        UseFacts,
        count=st.sampled_from([0, 3, 24, 25, 26]),
        oldest_at=st.none() | instants,
    ),
}


def _consents(at: datetime, purpose: str) -> st.SearchStrategy[Any]:
    return st.builds(
        make_consent,
        purpose=st.just(purpose),
        explicit=maybe,
        evidenced=maybe,
        on_whitelist=maybe,
        form_reviewed=maybe,
        sample=st.sampled_from(["passed", "passed", "passed", "missing", "failed"]),
        ai_allowed=st.booleans(),
        requested=maybe,
        given_at=before(at),
        withdrawn_at=st.sampled_from([None, None, None, at]),
    )


def _refusals(at: datetime) -> st.SearchStrategy[Any]:
    return st.builds(
        make_refusal,
        at=before(at),
        everywhere=st.booleans(),
        same_principal=st.booleans(),
        same_industry=st.booleans(),
        purpose=st.sampled_from([None, *PURPOSES]),
        lift=st.none()
        | st.builds(
            make_lift,
            consent_given_at=before(at),
            outside_a_call=maybe,
            approvers=st.sampled_from([(1, 2), (1, 2), (1,)]),
        ),
    )


def _attempts(at: datetime) -> st.SearchStrategy[Any]:
    return st.builds(
        make_attempt,
        at=before(at),
        same_principal=st.booleans(),
        purpose=st.sampled_from(PURPOSES),
        open=st.sampled_from([False] * 9 + [True]),
        answered=st.booleans(),
        conversation=st.booleans(),
        rejected=st.sampled_from([False, False, True]),
    )
