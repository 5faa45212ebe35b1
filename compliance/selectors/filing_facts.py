"""What the rules may know about a campaign's filing and the parties behind it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from compliance.models import (
    Abandonment,
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
    DocumentFacts,
    ExternalListFacts,
    FilingFacts,
    LicenceFacts,
    MandateFacts,
    TrunkFacts,
)
from compliance.selectors.contract_ends import contracts_ended
from compliance.selectors.deployment_facts import deployment_facts
from compliance.selectors.list_facts import list_facts
from compliance.selectors.number_conduct import number_conduct
from compliance.selectors.script_facts import script_facts, script_offers
from compliance.selectors.script_signs import (
    offers_person,
    renews_policies,
    says_machine,
    takes_refusal,
)
from compliance.selectors.suspension_facts import complaints_due, suspensions_of

ELEMENTS = ("name", "audience", "content", "contact")  # the other three are foreign keys
WHOLE_COUNTRY = frozenset({"CN", "全国", "全网"})
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
        licence=licence_facts(operator),
        purpose=filing.purpose,
        industry=filing.industry,
        script_offers=script_offers(filing, operator),
        sensitive_data=filing.sensitive_data,
        missing_elements=tuple(name for name in ELEMENTS if not getattr(filing, name).strip()),
        author=filing.author_id,
        approver=filing.approver_id,
        state=filing.state,
        mandate=mandate_facts(filing.principal),
        contracts_ended=contracts_ended(filing.principal),
        trunk=_trunk(filing.trunk, operator),
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
        caller=_caller(filing, operator),
        documents=_documents(filing),
        deployment=deployment_facts(operator),
    )


def licence_facts(operator: Operator | None) -> LicenceFacts | None:
    """Return the licence that runs longest, from when it and those before it leave no gap."""
    if operator is None:
        return None
    licences = list(operator.licences.order_by("-expires_on", "-pk"))
    if not licences:
        return None
    newest, *older = licences
    same = [one for one in older if (one.kind, one.holder_name) == _kind_and_holder(newest)]
    return LicenceFacts(
        kind=newest.kind,
        valid_from=unbroken_from(
            (newest.valid_from, newest.expires_on),
            [(one.valid_from, one.expires_on) for one in same],
        ),
        expires_on=newest.expires_on,
        holder_is_operator=newest.holder_name == operator.legal_name,
        area=licensed_area(newest.area),
    )


def _kind_and_holder(licence: Licence) -> tuple[str, str]:
    return licence.kind, licence.holder_name


def unbroken_from(newest: tuple[date, date], older: Sequence[tuple[date, date]]) -> date:
    """Return since when the newest period and those before it cover every day.

    So a renewal can be recorded before it begins.
    """
    first = newest[0]
    for valid_from, last in sorted(older, key=lambda period: period[1], reverse=True):
        if valid_from < first <= last + timedelta(days=1):
            first = valid_from
    return first


def licensed_area(text: str) -> tuple[str, ...]:
    """Read a licence's area: the whole country, or provinces as ISO 3166-2 codes."""
    if text.strip() in WHOLE_COUNTRY:
        return ("CN",)
    words = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(sorted(word.strip() for word in words if word.strip().startswith("CN-")))


def mandate_facts(principal: Principal) -> MandateFacts | None:
    """Return the mandate that runs longest, from when it and those before it leave no gap."""
    mandates = sorted(
        principal.mandates.all(), key=lambda one: (one.last_day, one.pk), reverse=True
    )
    if not mandates:
        return None
    newest, *older = mandates
    facts = _mandate_facts(newest)
    written = [_mandate_facts(one) for one in older]
    before = [(one.valid_from, one.valid_until) for one in written if one.has_contract]
    return replace(facts, valid_from=unbroken_from((facts.valid_from, facts.valid_until), before))


def _mandate_facts(mandate: Mandate) -> MandateFacts:
    return MandateFacts(
        valid_from=mandate.valid_from,
        valid_until=mandate.last_day,
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
        access_province=trunk.access_province,
    )


def _caller(filing: CampaignFiling, operator: Operator | None) -> CallerFacts:
    number = filing.caller_number
    conduct = number_conduct(filing=filing)
    return CallerFacts(
        number=number.number,
        number_class=number.number_class,
        holder_is_operator=operator is not None and number.operator_id == operator.pk,
        callout_opened=number.callout_opened,
        valid_from=number.valid_from,
        certificate_until=number.certificate_until,
        on_trunk=number.trunks.filter(pk=filing.trunk_id).exists(),
        numbers_of_campaign=1,  # one column, one number: there is no place for a second
        letters=conduct.letters,
        unfiled=conduct.unfiled,
        called_back_on=conduct.called_back_on,
        call_back_works=conduct.call_back_works,
        in_use_since=conduct.in_use_since,
        others_marked_on=conduct.others_marked_on,
        replaces=conduct.replaces,
        change_approved=conduct.change_approved,
    )


def _documents(filing: CampaignFiling) -> tuple[DocumentFacts, ...]:
    shown = filing.caller_number.number
    standing = filing.principal.documents.filter(revoked_on=None).order_by(
        "kind", "valid_from", "pk"
    )
    return tuple(
        DocumentFacts(
            kind=one.kind,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            names_caller=one.number.strip() == shown,
        )
        for one in standing
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
