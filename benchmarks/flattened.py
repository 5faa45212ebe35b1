"""The facts of a call as flat names and literals, as a rule engine is fed with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from compliance.rulebook.facts import AttemptFacts, CallFacts, FilingFacts

Flat = dict[str, bool | int | str]

RETURN_DAYS = 30
NEVER = 1_000_000  # minutes or days, where there was no earlier call
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_LOCAL = timedelta(hours=8)


def flat(facts: CallFacts) -> Flat:
    """Return the facts as an engine is fed with them."""
    local = facts.at + _LOCAL
    second = local.hour * 3600 + local.minute * 60 + local.second
    return {
        "at": (facts.at - _EPOCH) // timedelta(seconds=1),
        "day": local.toordinal(),
        "second": second,
        "closing_second": 43_200 if second < 43_200 else 72_000,
        **_flat_filing(facts.filing),
        **_flat_conduct(facts.filing, local.toordinal()),
        **_flat_script(facts.filing),
        **_flat_callee(facts),
        **_flat_attempts(facts.attempts or (), facts.at),
        **_flat_usage(facts),
    }


def _flat_filing(filing: FilingFacts) -> Flat:
    licence, mandate, trunk, caller = filing.licence, filing.mandate, filing.trunk, filing.caller
    assert licence and mandate and trunk and caller  # noqa: PT018 - narrows the types
    return {
        "filing_at": (filing.at - _EPOCH) // timedelta(seconds=1),
        "regime": filing.regime or "",
        "purpose": filing.purpose,
        "industry": filing.industry,
        "sensitive": filing.sensitive_data is not False,
        "robot": filing.robot,
        "renews": filing.renews_policies,
        "area": len(licence.area),
        "trunk_kind": trunk.kind,
        "script_offers": filing.script_offers is not False,
        "missing_elements": len(filing.missing_elements),
        "author": filing.author or 0,
        "approver": filing.approver or 0,
        "state": filing.state,
        "licence_kind": licence.kind,
        "licence_own": licence.holder_is_operator,
        "licence_from": licence.valid_from.toordinal(),
        "licence_until": licence.expires_on.toordinal(),
        "has_contract": mandate.has_contract,
        "mandate_from": mandate.valid_from.toordinal(),
        "mandate_until": mandate.valid_until.toordinal(),
        "trunk_missing": len(trunk.missing),
        "trunk_takes_purpose": filing.purpose in trunk.permitted_purposes,
        "trunk_reviewed": trunk.reviewed_on.toordinal(),
        "trunk_active": trunk.active,
        "trunk_own": trunk.entity_is_operator,
        "trunk_max": trunk.max_calls,
        "sub_leased": trunk.sub_leased,
        "caller_own": caller.holder_is_operator,
        "caller_class": caller.number_class,
        "caller_prefix": caller.number[:3],
        "caller_from": caller.valid_from.toordinal(),
        "caller_until": caller.certificate_until.toordinal(),
        "callout_opened": caller.callout_opened,
        "on_trunk": caller.on_trunk,
        "numbers_of_campaign": caller.numbers_of_campaign,
    }


def _flat_conduct(filing: FilingFacts, day: int) -> Flat:
    caller, pack, abandonment = filing.caller, filing.deployment, filing.abandonment
    assert caller and pack and abandonment  # noqa: PT018 - narrows the types
    suspensions, lists, channels = filing.suspensions or (), filing.lists or (), filing.channels
    standing = [one for one in suspensions if one.resumed is None]
    called_back = caller.called_back_on
    return {
        "letters": len(caller.letters),
        "unfiled": sum(1 for last in caller.unfiled if last.toordinal() < day),
        "called_back": 0 if called_back is None else called_back.toordinal(),
        "call_back_works": caller.call_back_works,
        "replaces": caller.replaces,
        "change_approved": caller.change_approved,
        "complaints_due": sum(1 for due in filing.complaints_due or () if due.toordinal() <= day),
        "campaign_suspended": sum(1 for one in standing if one.scope == "campaign"),
        "line_suspended": sum(1 for one in standing if one.scope != "campaign"),
        "resumed_by_one": sum(
            1 for one in suspensions if one.resumed and len(one.resumed.approvers) < 2
        ),
        "lists_stopped": sum(1 for one in lists if one.state in ("held", "frozen")),
        "lists_of_others": sum(
            1 for one in lists if not (one.same_principal and one.same_purpose)
        ),
        "list_age": max((day - one.collected_on.toordinal() for one in lists), default=0),
        "lists_stale": sum(1 for one in filing.external_lists or () if one.as_of is None),
        "channels": len(channels or ()),
        "channels_dead": sum(1 for one in channels or () if not one.alive),
        "answered_day": abandonment.answered_day,
        "abandoned_day": abandonment.abandoned_day,
        "answered_month": abandonment.answered_month,
        "abandoned_month": abandonment.abandoned_month,
        "documents": sum(1 for one in filing.documents if one.valid_until.toordinal() >= day),
        "dedicated": sum(1 for one in filing.documents if one.names_caller),
        "pack_operator": pack.operator_matches,
        "pack_regime": pack.regime,
        "rents_seats": pack.rents_seats,
        "data_location": pack.data_location,
        "abroad": len(pack.abroad),
        "records_overdue": any(
            day - ended.toordinal() > RETURN_DAYS for ended in filing.contracts_ended or ()
        ),
    }


_FAULTS = {
    "fault_opening": "SCR-02",
    "fault_identity": "SCR-03",
    "fault_free": "SCR-04",
    "fault_urgency": "SCR-05",
    "fault_code": "SCR-07",
    "fault_promise": "SCR-10",
    "fault_consent": "CON-07",
}


def _flat_script(filing: FilingFacts) -> Flat:
    script = filing.script
    assert script
    faults = script.faults or ()
    return {
        "script_intact": script.intact,
        "script_for_principal": script.for_principal,
        "script_for_purpose": script.for_purpose,
        "script_author": script.author,
        "script_approver": script.approver,
        "says_machine": filing.says_machine,
        "takes_refusal": filing.takes_refusal,
        "offers_person": filing.offers_person,
        **{name: code in faults for name, code in _FAULTS.items()},
    }


def _flat_callee(facts: CallFacts) -> Flat:
    consent = facts.consents[0] if facts.consents else None
    trunk, callee, calendar = facts.filing.trunk, facts.callee, facts.calendar
    assert consent and calendar and trunk  # noqa: PT018 - narrows the types
    refusals, chosen = facts.refusals or (), facts.chosen_times or ()
    vacant_at, policy = callee.vacant_at, consent.policy_ends_on
    return {
        "protected": callee.protected is not False,
        "canary": callee.canary is not False,
        "age_group": callee.age_group,
        "barred_here": not set(callee.provinces).isdisjoint(trunk.barred_provinces),
        "quiet_here": any(
            not set(callee.provinces).isdisjoint(one.provinces) for one in calendar.quiet
        ),
        "vacant_since_consent": vacant_at is not None and consent.given_at <= vacant_at,
        "lists_with_number": len(callee.external_lists or ()),
        "form_reviewed": consent.form_reviewed,
        "requested": consent.requested,
        "ai_allowed": consent.ai_allowed,
        "sensitive_allowed": consent.sensitive_allowed,
        "sample": consent.sample,
        "days_of_policy": 0 if policy is None else (policy - calendar.first_day).days,
        "chosen_from": (chosen[0].from_at - _EPOCH) // timedelta(seconds=1) if chosen else 0,
        "refusals_everywhere": sum(1 for r in refusals if r.everywhere),
        "callee_class": facts.callee.number_class,
        "province": facts.callee.provinces[0],
        "day_kind": calendar.days[0],
        "whitelist_version": facts.whitelist_version or 0,
        "consent_active": consent.withdrawn_at is None,
        "consent_purpose": consent.purpose,
        "basis": consent.basis,
        "on_whitelist": consent.on_whitelist,
        "evidenced": consent.evidenced,
        "explicit": consent.explicit,
        "consent_until": NEVER * 86_400,
        "refusals_principal": sum(1 for r in refusals if r.everywhere or r.same_principal),
        "refusals_industry": sum(1 for r in refusals if r.same_industry),
        "lifted_by_others": sum(1 for r in refusals if r.lift and not r.lift.outside_a_call),
        "lifted_alone": sum(1 for r in refusals if r.lift and len(r.lift.approvers) < 2),
    }


def _flat_attempts(attempts: tuple[AttemptFacts, ...], at: datetime) -> Flat:
    own = [attempt.at for attempt in attempts if attempt.same_principal]
    every = [attempt.at for attempt in attempts]
    talks = [attempt.at for attempt in attempts if attempt.conversation]
    return {
        "principal_24h": _since(own, at - timedelta(days=1)),
        "principal_30d": _since(own, at - timedelta(days=30)),
        "anyone_24h": _since(every, at - timedelta(days=1)),
        "anyone_30d": _since(every, at - timedelta(days=30)),
        "anyone_10min": _since(every, at - timedelta(minutes=10)),
        "rejected_90d": _since(
            [one.at for one in attempts if one.rejected], at - timedelta(days=90)
        ),
        "days_since_hang_up": _days(
            [one.at for one in attempts if one.answered and not one.conversation], at
        ),
        "days_since_abandoned": _days([one.at for one in attempts if one.abandoned], at),
        "minutes_since_principal": (at - max(own)) // timedelta(minutes=1) if own else NEVER,
        "minutes_since_anyone": (at - max(every)) // timedelta(minutes=1) if every else NEVER,
        "days_since_talk": (at - max(talks)) // timedelta(days=1) if talks else NEVER,
        "unanswered_run": sum(1 for attempt in attempts if not attempt.answered),
        "open_attempts": sum(1 for attempt in attempts if attempt.open),
    }


def _days(times: list[datetime], at: datetime) -> int:
    return (at - max(times)) // timedelta(days=1) if times else NEVER


def _since(times: Iterable[datetime], since: datetime) -> int:
    return sum(1 for time in times if time > since)


def _flat_usage(facts: CallFacts) -> Flat:
    seat, line, health = facts.seat, facts.line, facts.health
    assert seat and line  # noqa: PT018 - narrows the types
    outlet, duty = seat.outlet, seat.on_duty_since
    return {
        "overruled": seat.overruled,
        "ready": seat.ready_at is not None,
        "on_duty": 0 if duty is None else (facts.at - duty) // timedelta(seconds=1),
        "seat_named": seat.named,
        "trained": 0 if seat.trained_on is None else seat.trained_on.toordinal(),
        "points": len(seat.points),
        "outlet_active": outlet.active,
        "outlet_seen": outlet.inspected_on is not None,
        "outlet_seats": outlet.seats,
        "outlet_links": len(outlet.links),
        "outlet_held": outlet.held,
        "robot_open": line.robot_open_permits,
        "seat_active": seat.active,
        "seat_open": seat.open_permits,
        "seat_hour": seat.hour.count,
        "seat_day": seat.day.count,
        "caller_day": line.caller_day.count,
        "trunk_open": line.trunk_open_permits,
        "clock_kind": health.clock_kind,
        "clock_skew_ms": health.clock_skew_ms or 0,
        "carrier_trunks": health.carrier_trunks or 0,
        "audit_writable": health.audit_writable is True,
        "ledger_readable": health.ledger_readable is True,
        "sealing_lag_s": 10**9 if health.sealing_lag_s is None else health.sealing_lag_s,
        "sealing_stop": "unknown" if health.sealing_stop is None else health.sealing_stop,
        "stopped": bool(health.stopped),
    }
