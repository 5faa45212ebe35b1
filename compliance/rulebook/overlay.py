"""Overlays by province, industry, purpose and regime: rules asked beside the others, there only.

An overlay states a rule a second time with its own numbers. Both are asked, so what an overlay
says can be stricter than the rule that it tightens and never make up for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from compliance.rulebook.decision import NOT_APPLICABLE, Answer
from compliance.rulebook.facts import CallFacts, FilingFacts
from compliance.rulebook.rule import Rule

_FACETS = frozenset({"provinces", "industries", "purposes", "regimes"})
Matches = Callable[[Any], bool]


def with_overlay(pack: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return `pack` with an overlay's rules beside those that they tighten.

    The rule `R` of the overlay `o` becomes `R.o`: the same check, with each number that the
    overlay states in the place of the rule's own. It borrows from the overlay's rules first.

    :raises ValueError: if the overlay names no condition, or is for another pack
    :raises KeyError: if it names a rule that the pack does not have
    """
    name, when = overlay["id"], overlay["when"]
    if overlay.get("tightens") != pack["id"]:
        raise ValueError(f"{name} tightens {overlay.get('tightens')!r}, not {pack['id']!r}.")
    _facets(when)
    rules = dict(pack["rules"])
    twins = {rule_id: f"{rule_id}.{name}" for rule_id in overlay["rules"]}
    for rule_id, own in overlay["rules"].items():
        base = pack["rules"][rule_id]
        row = dict(base) | {
            "when": when,
            "floor": base.get("floor", {}) | own.get("floor", {}),
            "basis": overlay["basis"],
            "cites": overlay["cites"],
            "title_zh": f"{base['title_zh']}（{overlay['title_zh']}）",
            "title_en": f"{base['title_en']} ({overlay['title_en']})",
            "sources": base.get("sources", {}) | own.get("sources", {}),
            "params": _tables(base["params"], own.get("params", [])),
        }
        if "uses" in base:
            row["uses"] = {key: twins.get(lender, lender) for key, lender in base["uses"].items()}
        rules[twins[rule_id]] = row
    return dict(pack) | {"rules": rules}


def _tables(
    base: list[Mapping[str, Any]], own: list[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return dated tables from the overlay's first day on: its numbers over the rule's."""
    first = min((own or base), key=lambda table: table["since"])["since"]
    starts = sorted({table["since"] for table in (*base, *own) if table["since"] >= first})
    return [_on(base, day) | _on(own, day) | {"since": day} for day in starts]


def _on(tables: list[Mapping[str, Any]], day: Any) -> dict[str, Any]:
    in_force = [table for table in tables if table["since"] <= day]
    return dict(in_force[-1]) if in_force else {}


def only_when(rule: Rule[Any], when: Mapping[str, Any] | None) -> Rule[Any]:
    """Return the rule, asked only where every named facet matches; None: everywhere.

    What is unknown may be there: an unknown regime, or a place that may be any, matches.

    :raises ValueError: if the condition cannot be read, or needs a callee where none is known
    """
    if when is None:
        return rule
    facets = _facets(when)
    if rule.scope == "filing" and "provinces" in facets:
        raise ValueError("A rule about the filing does not know where the callee is.")
    matches = _matches_filing(facets)
    if rule.scope != "filing":
        matches = _matches_call(facets, matches)
    check = rule.check

    def guarded(facts: Any, params: Any) -> Answer:
        return check(facts, params) if matches(facts) else NOT_APPLICABLE

    return replace(rule, check=guarded)


def _facets(when: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    if not when or not when.keys() <= _FACETS or not all(when.values()):
        raise ValueError(f"{dict(when)!r} is no condition of an overlay.")
    return {facet: frozenset(codes) for facet, codes in when.items()}


def _matches_filing(facets: Mapping[str, frozenset[str]]) -> Matches:
    industries, purposes = facets.get("industries"), facets.get("purposes")
    regimes = facets.get("regimes")

    def matches(filing: FilingFacts) -> bool:
        return (
            (industries is None or filing.industry in industries)
            and (purposes is None or filing.purpose in purposes)
            and (regimes is None or filing.regime is None or filing.regime in regimes)
        )

    return matches


def _matches_call(facets: Mapping[str, frozenset[str]], filing_matches: Matches) -> Matches:
    provinces = facets.get("provinces")

    def matches(facts: CallFacts) -> bool:
        return filing_matches(facts.filing) and (
            provinces is None or _may_be_in(facts.callee.provinces, provinces)
        )

    return matches


def _may_be_in(places: tuple[str, ...], provinces: frozenset[str]) -> bool:
    return not places or any(place in provinces or place.endswith("-*") for place in places)
