"""manage.py trunk_endpoint: how to reach a trunk that the ledger has, or what is kept of it."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from django.db.models import QuerySet

from compliance.models import Trunk
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    one,
    read_bytes,
    show,
)
from dialer.models import TrunkEndpoint
from dialer.services.endpoint_set import (
    LoopbackElsewhereError,
    NotAnAdministratorError,
    Reach,
    endpoint_set,
)

SIP = 5060


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--host", required=True, help="运营商 SBC / the carrier's")
    parser.add_argument("--port", type=int, default=SIP)
    parser.add_argument("--local-host", default="127.0.0.1", help="本机地址 / of this machine")
    parser.add_argument("--username", default="", metavar="NAME", help="SIP 账号 / SIP account")
    parser.add_argument(
        "--password-file", type=Path, metavar="PATH", help="密码文件 / no history keeps a file"
    )
    parser.add_argument("--registers", action="store_true", help="需注册 / it has to register")
    parser.add_argument("--calls-per-second", type=int, help="合同限速 / by the contract")
    by_argument(parser)


def _set(options: Options, now: datetime) -> Told:
    path: Path | None = options["password_file"]
    endpoint = endpoint_set(
        trunk=one(Trunk, code=options["code"]),
        reach=Reach(
            host=options["host"],
            port=options["port"],
            local_host=options["local_host"],
            username=options["username"],
            password="" if path is None else read_bytes(path).decode().strip(),
            registers=options["registers"],
            calls_per_second=options["calls_per_second"],
        ),
        by=account(options["by"]),
        now=now,
    )
    return _told(endpoint)


def _told(endpoint: TrunkEndpoint) -> Told:
    return {
        "trunk": endpoint.trunk.code,
        "kind": endpoint.trunk.kind,
        "host": endpoint.host,
        "port": endpoint.port,
        "local_host": endpoint.local_host,
        "registers": endpoint.registers,
        "password": bool(endpoint.password_sealed),
        "calls_per_second": endpoint.calls_per_second,
    }


def _endpoints() -> QuerySet[TrunkEndpoint]:
    return TrunkEndpoint.objects.select_related("trunk").order_by("pk")


class Command(VerbCommand):
    """Set or show how trunks are reached; `run_lines CODE` then serves one."""

    help = "线路接入点 / How to reach a trunk"
    refusals = MappingProxyType(
        {
            NotAnAdministratorError: "线路接入点由管理员设置",
            LoopbackElsewhereError: "回环线路不得指向其他机器",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(name="set", help="设置 / set", arguments=_set_arguments, run=_set),
        show("endpoints", _endpoints, _told),
    )
