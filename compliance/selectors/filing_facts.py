"""What the rules may know about a campaign's filing and the parties behind it."""

from datetime import datetime
from functools import lru_cache

from compliance.models import (
    Abandonment,
    CallerNumber,
    CampaignFiling,
    ChannelTest,
    ExternalList,
    Licence,
    Mandate,
    Operator,
    Principal,
    Trunk,
)
from compliance.rulebook.facts import (
    AbandonmentFacts,
    CallerFacts,
    ChannelFacts,
    ExternalListFacts,
    FilingFacts,
    LicenceFacts,
    MandateFacts,
    TrunkFacts,
)
from compliance.selectors.list_facts import list_facts
from compliance.selectors.script_facts import script_facts, script_offers
from compliance.selectors.script_signs import (
    offers_person,
    renews_policies,
    says_machine,
    takes_refusal,
)
from compliance.selectors.suspension_facts import complaints_due, suspensions_of

ELEMENTS = ("name", "audience", "content", "contact")  # the other three are foreign keys
LEDGER = ("carrier", "contract_number", "user_entity", "access_location")


@lru_cache(maxsize=256)
def filing_facts_at_epoch(
    *,
    filing_id: int,
    epoch: int,  # noqa: ARG001 - part of the cache's key
) -> tuple[CampaignFiling, FilingFacts]:
    """Return a filing and its facts as they stand in `epoch`.

    The epoch goes up with every change of what is read here, and a permit that was judged on an
    older one cannot be redeemed; so the facts may be kept for as long as the epoch lasts.
    """
    filing = CampaignFiling.objects.select_related(
        "principal", "caller_number", "trunk", "script", "whitelist"
    ).get(pk=filing_id)
    return filing, filing_facts(filing=filing, now=filing.registered_at)


def filing_facts(*, filing: CampaignFiling, now: datetime) -> FilingFacts:
    """Look up everything behind a filing, saved or about to be."""
    operator = Operator.objects.first()
    return FilingFacts(
        at=now,
        regime=None if operator is None else operator.regime,
        licence=_licence(operator),
        purpose=filing.purpose,
        industry=filing.industry,
        script_offers=script_offers(filing, operator),
        sensitive_data=filing.sensitive_data,
        missing_elements=tuple(name for name in ELEMENTS if not getattr(filing, name).strip()),
        author=filing.author_id,
        approver=filing.approver_id,
        state=filing.state,
        mandate=_mandate(filing.principal),
        trunk=_trunk(filing.trunk, operator),
        caller=_caller(filing.caller_number, filing.trunk, operator),
        complaints_due=complaints_due(filing),
        suspensions=suspensions_of(filing),
        script=script_facts(filing, operator),
        lists=list_facts(filing),
        robot=filing.robot,
        says_machine=says_machine(script=filing.script.text),
        takes_refusal=takes_refusal(script=filing.script.text),
        offers_person=offers_person(script=filing.script.text),
        renews_policies=renews_policies(
            texts=(filing.name, filing.content, filing.audience, filing.script.text)
        ),
        abandonment=_abandonment(filing),
        channels=_channels(),
        external_lists=_external_lists(filing.industry),
    )


def _licence(operator: Operator | None) -> LicenceFacts | None:
    licence = Licence.objects.filter(operator=operator).order_by("-expires_on", "-pk").first()
    if operator is None or licence is None:
        return None
    return LicenceFacts(
        kind=licence.kind,
        valid_from=licence.valid_from,
        expires_on=licence.expires_on,
        holder_is_operator=licence.holder_name == operator.legal_name,
    )


def _mandate(principal: Principal) -> MandateFacts | None:
    mandate = principal.mandates.order_by("-valid_until", "-pk").first()
    if mandate is None:
        return None
    return _mandate_facts(mandate)


def _mandate_facts(mandate: Mandate) -> MandateFacts:
    return MandateFacts(
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
        has_contract=bool(mandate.contract_number.strip() and mandate.document_sha256),
    )


def _trunk(trunk: Trunk, operator: Operator | None) -> TrunkFacts:
    return TrunkFacts(
        kind=trunk.kind,
        active=trunk.active,
        missing=tuple(name for name in LEDGER if not getattr(trunk, name).strip()),
        entity_is_operator=operator is not None and trunk.user_entity == operator.legal_name,
        sub_leased=trunk.sub_leased,
        permitted_purposes=tuple(trunk.permitted_purposes),
        reviewed_on=trunk.reviewed_on,
        max_calls=trunk.max_calls,
        barred_provinces=tuple(sorted(trunk.barred_provinces)),
    )


def _caller(number: CallerNumber, trunk: Trunk, operator: Operator | None) -> CallerFacts:
    return CallerFacts(
        number=number.number,
        number_class=number.number_class,
        holder_is_operator=operator is not None and number.operator_id == operator.pk,
        callout_opened=number.callout_opened,
        valid_from=number.valid_from,
        certificate_until=number.certificate_until,
        on_trunk=number.trunks.filter(pk=trunk.pk).exists(),
        numbers_of_campaign=1,  # one column, one number: there is no place for a second
    )


def _abandonment(filing: CampaignFiling) -> AbandonmentFacts:
    last = Abandonment.objects.filter(filing_id=filing.pk).first()
    if last is None:  # every abandoned call counts itself in, so there was none
        last = Abandonment(answered_day=0, abandoned_day=0, answered_month=0, abandoned_month=0)
    return AbandonmentFacts(
        answered_day=last.answered_day,
        abandoned_day=last.abandoned_day,
        answered_month=last.answered_month,
        abandoned_month=last.abandoned_month,
    )


def _channels() -> tuple[ChannelFacts, ...]:
    newest = ChannelTest.objects.order_by("channel", "-tested_at", "-pk").distinct("channel")
    return tuple(
        ChannelFacts(channel=test.channel, alive=test.alive, tested_at=test.tested_at)
        for test in newest
    )


def _external_lists(industry: str) -> tuple[ExternalListFacts, ...]:
    return tuple(
        _external_list(each)
        for each in ExternalList.objects.filter(industry__in=["", industry]).order_by("code")
    )


def _external_list(external: ExternalList) -> ExternalListFacts:
    edition = external.editions.order_by("-as_of", "-pk").first()
    return ExternalListFacts(
        code=external.code,
        version="" if edition is None else edition.version,
        as_of=None if edition is None else edition.as_of,
    )
