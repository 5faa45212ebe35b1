"""Where a carrier's name leads: RFC 3263 over UDP. Asked beside the reactor, never on it."""

import ipaddress
import secrets
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import dns.exception
import dns.nameserver
import dns.rdatatype
import dns.resolver

DEFAULT_PORT = 5060
SERVICE = "_sip._udp."
LIFETIME_SECONDS = 5.0  # for one question, all its repetitions included
HOSTS_FILE_SECONDS = 60.0  # a name of the hosts file has no time to live
MOST_ADDRESSES = 16

Address = tuple[str, int]
Draw = Callable[[int], int]  # a number from 0 to one below


class NoAddressError(Exception):
    """The name leads nowhere: the servers that know it say so."""


class NoAnswerError(Exception):
    """No name server answered, or none could find out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask for."""

    host: str
    port: int  # 0: as the carrier's SRV records say
    ipv6: bool
    servers: tuple[str, ...] = ()  # of names, `address` or `address:port`; none: the system's


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Addresses in the order in which they are to be tried."""

    addresses: tuple[Address, ...]
    ttl_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One SRV record."""

    priority: int
    weight: int
    port: int
    target: str


@lru_cache(maxsize=256)
@lru_cache(maxsize=1024)
def literal(host: str) -> str | None:
    """Return the address if the host is one, without brackets."""
    with suppress(ValueError):
        return str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    return None


def find(question: Question) -> Found:
    """Ask for the addresses (RFC 3263 4.2). Blocks for seconds.

    :raises NoAddressError: if there are none
    :raises NoAnswerError: if nobody could say
    """
    resolver = _resolver(question.servers)
    if question.port:
        return _addresses(resolver, question, [(question.host, question.port)], [])
    services, ttl = _services(resolver, question.host)
    if not services:
        return _addresses(resolver, question, [(question.host, DEFAULT_PORT)], [])
    hosts = [(each.target, each.port) for each in in_order(services, draw=secrets.randbelow)]
    return _addresses(resolver, question, hosts, [ttl])


def in_order(services: Iterable[Service], *, draw: Draw) -> list[Service]:
    """Put SRV records in order: by priority, and within one by lot, as weights say (RFC 2782)."""
    waiting = sorted(services, key=lambda each: (each.priority, each.weight))
    ordered: list[Service] = []
    while waiting:
        first = [each for each in waiting if each.priority == waiting[0].priority]
        lot = draw(sum(each.weight for each in first) + 1)
        for each in first:
            lot -= each.weight
            if lot <= 0:
                break
        ordered.append(each)
        waiting.remove(each)
    return ordered


def _services(resolver: dns.resolver.Resolver, host: str) -> tuple[list[Service], float]:
    answer = _ask(resolver, SERVICE + host, "SRV")
    if answer is None:
        return [], 0.0
    services = [
        Service(priority=r.priority, weight=r.weight, port=r.port, target=r.target.to_text(True))  # noqa: FBT003 - dnspython's: without the last dot
        for r in answer
    ]
    if [each.target for each in services] in ([""], ["."]):
        raise NoAddressError("The carrier offers no SIP over UDP there.")  # RFC 2782: target "."
    return services, _ttl(answer)


def _addresses(
    resolver: dns.resolver.Resolver,
    question: Question,
    hosts: Iterable[tuple[str, int]],
    ttls: list[float],
) -> Found:
    found: list[Address] = []
    silent: NoAnswerError | None = None
    for host, port in hosts:
        try:
            here, ttl = _of_host(resolver, question, host)
        except NoAnswerError as error:  # the next host of the service may be known
            silent = error
            continue
        found += [(address, port) for address in here if (address, port) not in found]
        ttls = [*ttls, ttl] if here else ttls
    if not found and silent is not None:
        raise silent
    if not found:
        raise NoAddressError(f"{question.host} has no address.")
    return Found(addresses=tuple(found[:MOST_ADDRESSES]), ttl_seconds=min(ttls))


def _of_host(
    resolver: dns.resolver.Resolver, question: Question, host: str
) -> tuple[list[str], float]:
    """Return the addresses of one host, and how long they hold."""
    if address := literal(host):
        return [address], HOSTS_FILE_SECONDS
    answer = _ask(resolver, host, "AAAA" if question.ipv6 else "A")
    if answer is not None:
        return [record.address for record in answer], float(
            answer.rrset.ttl if answer.rrset else 0
        )
    if question.servers:
        return [], HOSTS_FILE_SECONDS
    return _of_hosts_file(host, ipv6=question.ipv6), HOSTS_FILE_SECONDS


def _of_hosts_file(host: str, *, ipv6: bool) -> list[str]:
    """Ask the system, which reads its hosts file, for a name that no name server knows."""
    family = socket.AF_INET6 if ipv6 else socket.AF_INET
    try:
        entries = socket.getaddrinfo(host, DEFAULT_PORT, family=family, type=socket.SOCK_DGRAM)
    except OSError:
        return []
    return [str(entry[4][0]) for entry in entries]


def _ask(resolver: dns.resolver.Resolver, name: str, kind: str) -> dns.resolver.Answer | None:
    """Return the answer, or None if there is no such record."""
    try:
        return resolver.resolve(name, kind, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswerError(f"No name server could say where {name} is.") from error


def _ttl(answer: dns.resolver.Answer) -> float:
    return float(answer.rrset.ttl if answer.rrset is not None else 0)


def _resolver(servers: tuple[str, ...]) -> dns.resolver.Resolver:
    try:
        resolver = dns.resolver.Resolver(configure=not servers)
    except dns.exception.DNSException as error:  # no resolv.conf
        raise NoAnswerError("This machine knows no name server.") from error
    if servers:
        resolver.nameservers = [_server(text) for text in servers]
    resolver.lifetime = LIFETIME_SECONDS
    return resolver


def _server(text: str) -> dns.nameserver.Nameserver:
    host, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    return dns.nameserver.Do53Nameserver(host, int(port or 53))
