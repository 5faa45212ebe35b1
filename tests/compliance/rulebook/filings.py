"""Facts of a filing that lets its calls be made, for tests."""

from datetime import date, datetime, timedelta
from typing import Any

from compliance.rulebook.facts import (
    AbandonmentFacts,
    CallerFacts,
    ChannelFacts,
    DeploymentFacts,
    DocumentFacts,
    ExternalListFacts,
    FilingFacts,
    LicenceFacts,
    ListFacts,
    MandateFacts,
    ScriptFacts,
    TrunkFacts,
)
from tests.compliance.rulebook.changing import changed
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date


def make_filing(**changes: Any) -> FilingFacts:
    """Return the filing of an active campaign of a licensed call centre, with changes."""
    return changed(
        FilingFacts(
            at=WORKDAY_MORNING,
            regime="b24_operator",
            licence=LicenceFacts(
                kind="B24",
                valid_from=date(2000, 1, 1),
                expires_on=date(2099, 12, 31),
                holder_is_operator=True,
                area=("CN",),
            ),
            purpose="P3",
            industry="insurance",
            script_offers=False,
            sensitive_data=False,
            missing_elements=(),
            author=1,
            approver=2,
            state="active",
            mandate=MandateFacts(
                valid_from=date(2000, 1, 1), valid_until=date(2099, 12, 31), has_contract=True
            ),
            trunk=TrunkFacts(
                kind="carrier",
                active=True,
                missing=(),
                entity_is_operator=True,
                sub_leased=False,
                permitted_purposes=("P1", "P2", "P3", "P4", "P5", "P6", "P7"),
                reviewed_on=local_date(changes.get("at", WORKDAY_MORNING)),
                max_calls=30,
                barred_provinces=(),
                access_province="CN-BJ",
            ),
            caller=CallerFacts(
                number="95135678",
                number_class="service_95",
                holder_is_operator=True,
                callout_opened=True,
                valid_from=date(2000, 1, 1),
                certificate_until=date(2099, 12, 31),
                on_trunk=True,
                numbers_of_campaign=1,
                letters=("no_harassment", "no_illegal_calls"),
                unfiled=(),
                called_back_on=local_date(changes.get("at", WORKDAY_MORNING)),
                call_back_works=True,
                in_use_since=date(2020, 1, 1),
                others_marked_on=(),
                replaces=False,
                change_approved=False,
            ),
            contracts_ended=(),
            documents=documents(
                "insurance_licence",
                "dedicated_number",
                "project_filing",
            ),
            deployment=DeploymentFacts(
                operator_matches=True,
                regime=changes.get("regime") or "b24_operator",
                data_location="CN",
                abroad=(),
                rents_seats=False,
            ),
            channels=make_channels(changes.get("at", WORKDAY_MORNING)),
            external_lists=(),
            complaints_due=(),
            suspensions=(),
            script=ScriptFacts(
                sha256="5c" * 32,
                intact=True,
                for_principal=True,
                for_purpose=True,
                author=1,
                approver=2,
                faults=(),
            ),
            lists=(make_list_facts(changes.get("at", WORKDAY_MORNING)),),
            robot=False,
            says_machine=False,
            takes_refusal=True,
            offers_person=False,
            renews_policies=False,
            abandonment=AbandonmentFacts(
                answered_day=0, abandoned_day=0, answered_month=0, abandoned_month=0
            ),
        ),
        changes,
    )


def make_list_facts(at: datetime = WORKDAY_MORNING, **changes: Any) -> ListFacts:
    """Return an open list of the campaign's own, collected a month ago, with changes."""
    return changed(
        ListFacts(
            id=3,
            state="open",
            cause="",
            same_principal=True,
            same_purpose=True,
            collected_on=local_date(at - timedelta(days=30)),
        ),
        changes,
    )


def make_channels(at: datetime = WORKDAY_MORNING) -> tuple[ChannelFacts, ...]:
    """Return a good test of each channel that has to work, as of this moment."""
    return tuple(
        ChannelFacts(channel=channel, alive=True, tested_at=at)
        for channel in ("key_9", "letter", "web")
    )


def make_external_list(**changes: Any) -> ExternalListFacts:
    """Return a fresh list of others that binds the filing's industry, with changes."""
    return changed(
        ExternalListFacts(code="association", version="7", as_of=WORKDAY_MORNING), changes
    )


def documents(*kinds: str) -> tuple[DocumentFacts, ...]:
    """Return industry documents that are valid in any year."""
    return tuple(
        DocumentFacts(
            kind=kind,
            valid_from=date(2000, 1, 1),
            valid_until=date(2099, 12, 31),
            names_caller=True,
        )
        for kind in kinds
    )
