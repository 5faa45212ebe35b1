"""Samples of consents: drawn by chance, each consent held against its proof."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import ConsentSample, Whitelist
from compliance.services.consent_sample import (
    NothingToSampleError,
    SampleCheckedError,
    SampleOpenError,
    consent_sample_check,
    consent_sample_draw,
)
from console.access import may, member
from console.templatetags.either import either

NEWEST = 50


@require_GET
def samples(request: HttpRequest) -> HttpResponse:
    """Show the whitelists, and the newest samples."""
    rows = ConsentSample.objects.select_related("whitelist__principal", "drawn_by")
    return render(
        request,
        "console/administration/samples.html",
        {
            "whitelists": Whitelist.objects.select_related("principal").order_by("pk"),
            "samples": rows.prefetch_related("items__finding").order_by("-pk")[:NEWEST],
            "may_draw": may(request.user, "sample_draw"),
        },
    )


@require_POST
def sample_draw(request: HttpRequest, whitelist_id: int) -> HttpResponse:
    """Draw one; how many the rulebook says."""
    row = get_object_or_404(Whitelist, pk=whitelist_id)
    try:
        drawn = consent_sample_draw(whitelist=row, drawn_by=member(request), now=clock.read())
    except SampleOpenError:
        words = ("上一次抽样尚未核验完。", "The sample before is still to be checked.")
    except NothingToSampleError:
        words = ("没有未抽样的同意。", "There is no consent that was not sampled.")
    else:
        return redirect("console:sample", sample_id=drawn.pk)
    messages.warning(request, either(*words))
    return redirect("console:samples")


@require_GET
def sample(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Show one sample with its consents."""
    shown = _shown(_row(sample_id))
    checks = shown["open"] and may(request.user, "sample_check")
    return render(request, "console/administration/sample.html", shown | {"checks": checks})


@require_POST
def sample_check(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Take one finding for each consent; all at once."""
    row = _row(sample_id)
    proved = {
        item.pk: request.POST.get(f"item-{item.pk}") == "yes"
        for item in row.items.all()
        if request.POST.get(f"item-{item.pk}") in ("yes", "no")
    }
    try:
        passed = consent_sample_check(
            sample=row,
            proved=proved,
            checked_by=member(request),
            note=request.POST.get("note", "")[:256],
            now=clock.read(),
        )
    except SampleCheckedError:
        words = (
            "请为每一项选择结果；已核验的抽样不能再改。",
            "Choose a finding for each; a sample that was checked stays.",
        )
        messages.error(request, either(*words))
        return redirect("console:sample", sample_id=row.pk)
    if passed:
        messages.success(request, either("抽样通过。", "The sample passed."))
    else:
        words = ("抽样未通过：该白名单停用。", "The sample failed: the whitelist carries no call.")
        messages.error(request, either(*words))
    return redirect("console:sample", sample_id=row.pk)


def _row(sample_id: int) -> ConsentSample:
    rows = ConsentSample.objects.select_related("whitelist__principal", "drawn_by")
    return get_object_or_404(rows, pk=sample_id)


def _shown(row: ConsentSample) -> dict[str, object]:
    items = list(row.items.select_related("consent__person", "finding").order_by("pk"))
    return {"sample": row, "items": items, "open": any(not hasattr(i, "finding") for i in items)}
