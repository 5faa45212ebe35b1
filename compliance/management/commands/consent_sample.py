"""manage.py consent_sample: draw a sample of a whitelist's consents, and record its findings."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import ConsentSample, Whitelist
from compliance.models.words import Purpose
from compliance.services.consent_sample import (
    NotACheckerError,
    NothingToSampleError,
    SampleCheckedError,
    SampleOpenError,
    consent_sample_check,
    consent_sample_draw,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    one,
    principal_named,
)


def _draw_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--principal", required=True, metavar="NAME")
    parser.add_argument("--purpose", required=True, choices=Purpose.values)
    by_argument(parser)


def _draw(options: Options, now: datetime) -> Told:
    whitelist = one(
        Whitelist, principal=principal_named(options["principal"]), purpose=options["purpose"]
    )
    sample = consent_sample_draw(whitelist=whitelist, drawn_by=account(options["by"]), now=now)
    items = sample.items.select_related("consent").order_by("pk")
    return {
        "sample": sample.pk,
        "population": sample.population,
        "items": [
            {
                "item": item.pk,
                "consent": item.consent_id,
                "method": item.consent.method,
                "given_at": item.consent.given_at.isoformat(),
                "evidence_sha256": item.consent.evidence_sha256,
            }
            for item in items
        ],
    }


def _check_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("sample", type=int, metavar="ID")
    parser.add_argument("--proved", type=int, nargs="*", default=[], metavar="ITEM")
    parser.add_argument("--unproved", type=int, nargs="*", default=[], metavar="ITEM")
    parser.add_argument("--note", default="")
    by_argument(parser)


def _check(options: Options, now: datetime) -> Told:
    both = set(options["proved"]) & set(options["unproved"])
    if both:
        raise SampleCheckedError(f"{sorted(both)} are said to be proved, and not to be.")
    found = dict.fromkeys(options["proved"], True) | dict.fromkeys(options["unproved"], False)
    passed = consent_sample_check(
        sample=one(ConsentSample, pk=options["sample"]),
        proved=found,
        checked_by=account(options["by"]),
        note=options["note"],
        now=now,
    )
    return {"sample": options["sample"], "passed": passed}


class Command(VerbCommand):
    """Draw or check a sample."""

    help = "同意抽样核验 / Samples of consents"
    refusals = MappingProxyType(
        {
            NotACheckerError: "同意抽样由合规员或管理员进行",
            NothingToSampleError: "名单中的同意均已抽样",
            SampleCheckedError: "样本已核验，或未逐项写明结论",
            SampleOpenError: "上一次样本尚未核验",
        }
    )
    verbs = (
        Verb(name="draw", help="抽样 / draw", arguments=_draw_arguments, run=_draw),
        Verb(
            name="check",
            help="核验，逐项写明 / state a finding for each item",
            arguments=_check_arguments,
            run=_check,
        ),
    )
