"""What links outlets that claim to be strangers: the shape of a shell agency."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletTraits:
    """What is compared of an outlet; an empty trait links nobody."""

    code: str
    address: str
    credit_code: str
    legal_person: bytes  # digest
    network: str
    photo: str
    lease: str


def outlet_links(outlets: Iterable[OutletTraits]) -> Mapping[str, frozenset[str]]:
    """Return the links of each outlet, as "kind:other outlet", by its code.

    An address, a photograph or a lease belongs to one outlet, whoever runs it. A legal person or
    a network may be shared by the outlets of one company, and by nobody else.
    """
    everybody = tuple(outlets)
    found: dict[str, set[str]] = {outlet.code: set() for outlet in everybody}
    for kind, groups in _groups(everybody).items():
        for group in groups.values():
            for one in group:
                found[one.code] |= {
                    f"{kind}:{other.code}" for other in group if _strangers(kind, one, other)
                }
    return {code: frozenset(links) for code, links in found.items()}


def _groups(
    outlets: tuple[OutletTraits, ...],
) -> Mapping[str, Mapping[object, list[OutletTraits]]]:
    groups: dict[str, dict[object, list[OutletTraits]]] = defaultdict(lambda: defaultdict(list))
    for outlet in outlets:
        traits = {
            "address": _plain(outlet.address),
            "legal_person": outlet.legal_person,
            "network": _plain(outlet.network),
            "photo": outlet.photo,
            "lease": outlet.lease,
        }
        for kind, value in traits.items():
            if value:
                groups[kind][value].append(outlet)
    return groups


def _strangers(kind: str, one: OutletTraits, other: OutletTraits) -> bool:
    if one.code == other.code:
        return False
    same_company = bool(one.credit_code) and one.credit_code == other.credit_code
    return not (same_company and kind in ("legal_person", "network"))


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()
