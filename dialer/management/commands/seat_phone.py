"""manage.py seat_phone: where the seats' phones are registered, and what each is called there."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from compliance.models import Seat
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    one,
    read_bytes,
)
from dialer.lines.seat.address import SeatAddressError
from dialer.models import SeatPhone, SeatRegistrar
from dialer.services.seat_phone_set import NotAnAdministratorError, seat_phone_set
from dialer.services.seat_registrar_set import (
    CarrierThereError,
    RegistrarReach,
    seat_registrar_set,
)

SIP = 5060


def _registrar_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--host", required=True, help="话机注册服务器 / the registrar or PBX")
    parser.add_argument("--port", type=int, default=SIP)
    parser.add_argument("--local-host", default="127.0.0.1", help="本机地址 / of this machine")
    parser.add_argument("--username", default="", metavar="NAME", help="SIP 账号 / SIP account")
    parser.add_argument(
        "--password-file", type=Path, metavar="PATH", help="密码文件 / no history keeps a file"
    )
    by_argument(parser)


def _registrar(options: Options, now: datetime) -> Told:
    path: Path | None = options["password_file"]
    registrar = seat_registrar_set(
        code=options["code"],
        reach=RegistrarReach(
            host=options["host"],
            port=options["port"],
            local_host=options["local_host"],
            username=options["username"],
            password="" if path is None else read_bytes(path).decode().strip(),
        ),
        by=account(options["by"]),
        now=now,
    )
    return _registrar_told(registrar)


def _registrar_told(registrar: SeatRegistrar) -> Told:
    return {
        "registrar": registrar.code,
        "host": registrar.host,
        "port": registrar.port,
        "local_host": registrar.local_host,
        "username": registrar.username,
        "password": bool(registrar.password_sealed),
    }


def _set_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("seat", metavar="SEAT", help="工号 / the seat's code")
    parser.add_argument("--registrar", required=True, metavar="CODE")
    parser.add_argument(
        "--address", required=True, help="注册名，不得为电话号码 / never a telephone number"
    )
    by_argument(parser)


def _set(options: Options, now: datetime) -> Told:
    phone = seat_phone_set(
        seat=one(Seat, code=options["seat"]),
        registrar=one(SeatRegistrar, code=options["registrar"]),
        address=options["address"],
        by=account(options["by"]),
        now=now,
    )
    return _phone_told(phone)


def _phone_told(phone: SeatPhone) -> Told:
    session = getattr(phone.seat, "session", None)
    return {
        "seat": phone.seat.code,
        "registrar": phone.registrar.code,
        "address": phone.address,
        "connected": bool(session and session.phone_up_at),
    }


def _nothing(_: ArgumentParser) -> None:
    return


def _show(_: Options, __: datetime) -> Told:
    phones = SeatPhone.objects.select_related("seat__session", "registrar").order_by("seat__code")
    return {
        "registrars": [_registrar_told(one) for one in SeatRegistrar.objects.order_by("code")],
        "phones": [_phone_told(phone) for phone in phones],
    }


class Command(VerbCommand):
    """Set or show where the seats' phones are."""

    help = "坐席话机 / Phones of the seats"
    refusals = MappingProxyType(
        {
            NotAnAdministratorError: "坐席话机由管理员设置",
            SeatAddressError: "坐席话机地址不得为电话号码",
            CarrierThereError: "话机注册服务器不得与运营商线路同址",
            UnicodeDecodeError: "文件不是 UTF-8 文本",
        }
    )
    verbs = (
        Verb(
            name="registrar",
            help="设置注册服务器 / set the registrar",
            arguments=_registrar_arguments,
            run=_registrar,
        ),
        Verb(name="set", help="设置 / set", arguments=_set_arguments, run=_set),
        Verb(name="show", help="查看 / show", arguments=_nothing, run=_show),
    )
