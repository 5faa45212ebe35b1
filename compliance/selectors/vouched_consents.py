"""What people have vouched for in a filing's consents: the texts reviewed, the lists sampled."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Q

from compliance.models import CampaignFiling, ConsentCheck, ConsentForm, ConsentSample


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """As it stands in one epoch, for one filing."""

    texts: frozenset[str]  # sha256 of the reviewed consent forms for the filing's purpose
    passed_up_to: int  # consents up to this id came with lists that passed their sample
    failed_up_to: int  # … and the later ones up to this id with one that failed
    unproved: frozenset[int]  # consents that were last found without their proof

    def sample(self, consent_id: int) -> str:
        """Return what became of the list that a consent came with: passed, failed or missing.

        A consent that was itself found without its proof failed, whatever chance picks later.
        """
        if consent_id in self.unproved:
            return "failed"
        if consent_id <= self.passed_up_to:
            return "passed"
        return "failed" if consent_id <= self.failed_up_to else "missing"


@lru_cache(maxsize=256)
def vouched_at_epoch(
    *,
    filing_id: int,
    epoch: int,  # noqa: ARG001 - part of the cache's key
) -> Vouched:
    """Return what stands in `epoch`, which goes up with every change of what is read here."""
    filing = CampaignFiling.objects.get(pk=filing_id)
    forms = ConsentForm.objects.filter(
        principal_id=filing.principal_id, purposes__contains=[filing.purpose], retired_at=None
    )
    passed, failed = sampled_up_to(filing.whitelist_id)
    return Vouched(
        texts=frozenset(forms.values_list("text_sha256", flat=True)),
        passed_up_to=passed,
        failed_up_to=failed,
        unproved=_unproved(filing.whitelist_id),
    )


def _unproved(whitelist_id: int) -> frozenset[int]:
    """Return the consents whose newest finding is that they are not proved."""
    checks = ConsentCheck.objects.filter(item__sample__whitelist_id=whitelist_id)
    doubted = checks.filter(proved=False).values("item__consent_id")
    later = checks.filter(item__consent_id__in=doubted).order_by("pk")
    newest = dict(later.values_list("item__consent_id", "proved"))
    return frozenset(consent_id for consent_id, proved in newest.items() if not proved)


def sampled_up_to(whitelist_id: int) -> tuple[int, int]:
    """Return up to which id a whitelist's consents passed their samples, and failed them.

    A sample that passes speaks for everything since the one that passed before it.
    """
    failing = Count("items", filter=Q(items__finding__proved=False))
    proved = Count("items", filter=Q(items__finding__proved=True))
    passed = failed = 0
    samples = ConsentSample.objects.filter(whitelist_id=whitelist_id)
    for sample in samples.annotate(failing=failing, proved=proved).order_by("drawn_at", "pk"):
        if sample.failing:
            failed = sample.last_consent_id
        elif sample.proved == sample.size:
            passed = sample.last_consent_id
    return passed, failed
