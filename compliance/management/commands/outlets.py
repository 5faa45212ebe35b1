"""manage.py outlets: places of work, their inspection and reviews, and the seats in them."""

import hashlib
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from compliance.models import Outlet, OutletReview, Seat
from compliance.services.outlet_register import (
    NotReviewableError,
    outlet_inspect,
    outlet_register,
    outlet_review,
)
from compliance.services.people_admit import seat_close, seat_register
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    actor_of,
    by_argument,
    day_argument,
    one,
    read_bytes,
    show,
    two_people_arguments,
)


def _register_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--name", required=True)
    parser.add_argument("--address", required=True)
    parser.add_argument("--province", required=True, metavar="CN-XX")
    parser.add_argument("--company", required=True, help="经营主体 / who runs it")
    parser.add_argument("--credit-code", required=True)
    parser.add_argument("--legal-person", required=True, help="加密保存 / kept sealed")
    parser.add_argument("--network", default="", help="登记的网段 / registered addresses")
    by_argument(parser)


def _register(options: Options, now: datetime) -> Told:
    outlet = outlet_register(
        code=options["code"],
        name=options["name"],
        address=options["address"],
        province=options["province"],
        company=options["company"],
        credit_code=options["credit_code"],
        legal_person=options["legal_person"],
        network=options["network"],
        actor=actor_of(options),
        now=now,
    )
    return _told(outlet)


def _told(outlet: Outlet) -> Told:
    seats = outlet.seats.filter(active=True).order_by("code")
    return {
        "outlet": outlet.code,
        "name": outlet.name,
        "province": outlet.province,
        "inspected_on": outlet.inspected_on.isoformat() if outlet.inspected_on else None,
        "seat_quota": outlet.seat_quota,
        "seats": [f"{seat.code}: {seat.agent.username}" for seat in seats.select_related("agent")],
    }


def _outlet(options: Options) -> Outlet:
    return one(Outlet, code=options["code"])


def _inspect_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    day_argument(parser, "--on")
    parser.add_argument("--photo", type=Path, required=True, help="现场照片 / taken on site")
    parser.add_argument("--lease", type=Path, required=True, help="租约 / the lease")
    by_argument(parser)


def _inspect(options: Options, now: datetime) -> Told:
    outlet_inspect(
        outlet=_outlet(options),
        inspected_on=options["on"],
        photo_sha256=_digest(options["photo"]),
        lease_sha256=_digest(options["lease"]),
        inspector=account(options["by"]),
        now=now,
    )
    return _told(_outlet(options))


def _digest(path: Path) -> str:
    return hashlib.sha256(read_bytes(path)).hexdigest()


def _review_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    parser.add_argument("--verdict", required=True, choices=OutletReview.Verdict.values)
    parser.add_argument(
        "--link",
        action="append",
        default=[],
        metavar="KIND:OUTLET",
        help="outlet_links 所列的关联，逐项写 / each link, as outlet_links names it",
    )
    parser.add_argument("--reason", required=True)
    two_people_arguments(parser)


def _review(options: Options, now: datetime) -> Told:
    review = outlet_review(
        outlet=_outlet(options),
        verdict=options["verdict"],
        links=options["link"],
        reason=options["reason"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return {"review": review.pk, "verdict": review.verdict, "links": list(review.links)}


def _seat_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("seat", metavar="SEAT", help="工号 / job number")
    parser.add_argument("--outlet", required=True, metavar="CODE")
    parser.add_argument("--agent", required=True, metavar="USERNAME")
    by_argument(parser)


def _seat(options: Options, now: datetime) -> Told:
    seat = seat_register(
        code=options["seat"],
        outlet=one(Outlet, code=options["outlet"]),
        agent=account(options["agent"]),
        actor=actor_of(options),
        now=now,
    )
    return _told(seat.outlet)


def _close_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("seat", metavar="SEAT", help="工号 / job number")
    by_argument(parser)


def _close(options: Options, now: datetime) -> Told:
    seat = one(Seat, code=options["seat"], active=True)
    seat_close(seat=seat, actor=actor_of(options), now=now)
    return _told(seat.outlet)


class Command(VerbCommand):
    """Register, inspect and review outlets; register and close seats."""

    help = "门店与坐席 / Outlets and their seats; outlet_links reports what links them"
    refusals = MappingProxyType({NotReviewableError: "门店关联须由两名合规员或管理员复核"})
    verbs = (
        Verb(
            name="register", help="登记 / register", arguments=_register_arguments, run=_register
        ),
        Verb(
            name="inspect", help="现场核验 / inspect", arguments=_inspect_arguments, run=_inspect
        ),
        Verb(name="review", help="关联复核 / review", arguments=_review_arguments, run=_review),
        Verb(name="seat", help="登记坐席 / a seat", arguments=_seat_arguments, run=_seat),
        Verb(name="close", help="停用坐席 / close a seat", arguments=_close_arguments, run=_close),
        show("outlets", lambda: Outlet.objects.order_by("pk"), _told),
    )
