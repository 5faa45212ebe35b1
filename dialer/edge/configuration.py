"""Write the production edge's configuration from the records; values in, text out."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compliance.passport_form import HEAD, PARAMETERS

CARRIER_GROUPS = 1000  # of addresses: lines below, carriers from there on
PLACE = re.compile(r"@([A-Z_]+)@")
SAFE = re.compile(r"[A-Za-z0-9_.:\[\]-]{1,255}")


class EdgeConfigError(Exception):
    """The records do not make a configuration; the sentence says why, in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeTrunk:
    """One trunk behind the edge."""

    code: str
    host: str  # of the carrier, as it stands in SIP addresses
    port: int
    authority: str  # host and, unless it is 5060, port
    carrier_addresses: tuple[str, ...]  # that the host has now
    line_addresses: tuple[str, ...]  # from which its line process sends


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePlace:
    """Where the edge runs."""

    host: str  # the address that lines send to
    port: int
    outer_host: str  # the address that carriers see; "": the same
    redis_host: str
    redis_port: int
    folder: str  # in which its files lie on its machine
    modules: str  # of Kamailio's modules
    children: int


def rendered(
    template: str,
    *,
    place: EdgePlace,
    trunks: Sequence[EdgeTrunk],
    public_key: str,
    log_stderr: bool,
) -> str:
    """Return the template with its places filled.

    :raises EdgeConfigError: if a name could end a string of the configuration, or a place is
        unknown
    """
    for text in (place.host, place.redis_host, place.modules.replace("/", ""), *_names(trunks)):
        if SAFE.fullmatch(text) is None:
            raise EdgeConfigError(
                f"{text!r}: 名称含有不可用的字符 / it has a sign it may not have."
            )
    values = {
        "LISTEN": "\n".join(
            f"listen=udp:{_bracketed(host)}:{place.port}" for host in _hosts(place)
        ),
        "REDIS": f"name=edge;addr={place.redis_host};port={place.redis_port};db=0",
        "REDIS_PORT": str(place.redis_port),
        "MODULES": place.modules,
        "CHILDREN": str(place.children),
        "LOG_STDERR": "yes" if log_stderr else "no",
        "SOURCES": f"{place.folder}/sources.list",
        "FOLDER": place.folder,
        "HEAD": HEAD,
        "PARAMETERS": PARAMETERS,
        "PUBLIC_KEY": public_key.strip().replace("\n", "\\n") + "\\n",
        "TRUNKS": _routes(trunks),
        "EDGE_HOST": place.outer_host or place.host,
        "EDGE_PORT": str(place.port),
        "LINES": ", ".join(_sorted(one.line_addresses for one in trunks)),
        "CARRIERS": ", ".join(
            dict.fromkeys(f"{a} . {t.port}" for t in trunks for a in t.carrier_addresses)
        ),
    }
    return _filled(template, values)


def sources(trunks: Sequence[EdgeTrunk]) -> str:
    """Return Kamailio's list of who may send: group, address, mask, any port, name."""
    lines = ["# group address mask port tag; written by `manage.py edge_config`"]
    for group, trunk in enumerate(trunks, start=1):
        lines += [f"{group} {one} {_mask(one)} 0 line" for one in trunk.line_addresses]
        above = CARRIER_GROUPS + group
        lines += [f"{above} {one} {_mask(one)} 0 carrier" for one in trunk.carrier_addresses]
    return "\n".join(lines) + "\n"


def _filled(template: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found.group(1) not in values:
            raise EdgeConfigError(
                f"{found.group()}: 模板有误 / the template has an unknown place."
            )
        return values[found.group(1)]

    return PLACE.sub(value, template)


def _routes(trunks: Sequence[EdgeTrunk]) -> str:
    cases, hosts = [], []
    for group, trunk in enumerate(trunks, start=1):
        found = [
            f"$var(line) = {group};",
            f'$var(next) = "sip:{_bracketed(trunk.carrier_addresses[0])}:{trunk.port}";',
            f'$var(host) = "{trunk.authority}";',
        ]
        cases.append("\n\t\t\t".join([f'\t\tcase "{trunk.code}":', *found, "break;"]))
        test = f'\tif ($rd eq "{trunk.host}" && $rp == {trunk.port}) {{'
        hosts.append("\n\t\t".join([test, *found]) + "\n\t}")
    by_code = "\n".join(["\tswitch ($var(trunk)) {", *cases, "\t}"])
    by_host = "\n".join(hosts)
    return f"route[TRUNK] {{\n{by_code}\n}}\n\nroute[TRUNK_OF_HOST] {{\n{by_host}\n}}"


def _names(trunks: Sequence[EdgeTrunk]) -> list[str]:
    return [text for one in trunks for text in (one.code, one.host, one.authority)]


def _hosts(place: EdgePlace) -> list[str]:
    return list(dict.fromkeys(filter(None, (place.host, place.outer_host))))


def _sorted(groups: Iterable[Sequence[str]]) -> list[str]:
    return sorted({one for group in groups for one in group})


def _mask(address: str) -> int:
    return ipaddress.ip_address(address).max_prefixlen


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
