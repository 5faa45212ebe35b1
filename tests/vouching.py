"""What people vouch for in tests: consent forms, sampled consents."""

from compliance.models import ConsentForm, Principal, User, Whitelist
from compliance.services.consent_form_approve import FormReview, consent_form_approve
from compliance.services.consent_sample import (
    NothingToSampleError,
    consent_sample_check,
    consent_sample_draw,
)
from tests.parties import MORNING, sha256


def consent_text(principal: Principal) -> str:
    """Return the words under which people agree to the principal's calls."""
    return (
        f"□ 同意{principal.name}就所选事项电话联系本人（人工坐席，不使用机器人），"
        "可随时按9、短信或来信撤回。"
    )


def vouch(whitelist: Whitelist) -> None:
    """Have the principal's form reviewed, and the consents on the whitelist sampled."""
    people = {user.role: user for user in User.objects.order_by("-pk")}
    text = consent_text(whitelist.principal)
    forms = ConsentForm.objects.filter(principal=whitelist.principal, text_sha256=sha256(text))
    if not forms.exists():
        consent_form_approve(
            principal=whitelist.principal,
            purposes=["P1", "P2", "P3", "P4", "P5", "P6", "P7"],
            text=text,
            review=FormReview(**dict.fromkeys(FormReview.__dataclass_fields__, True)),
            author=people[User.Role.SUPERVISOR],
            approver=people[User.Role.COMPLIANCE],
            now=MORNING,
        )
    try:
        sample = consent_sample_draw(
            whitelist=whitelist, drawn_by=people[User.Role.COMPLIANCE], now=MORNING
        )
    except NothingToSampleError:
        return
    consent_sample_check(
        sample=sample,
        proved=dict.fromkeys(sample.items.values_list("pk", flat=True), True),
        checked_by=people[User.Role.COMPLIANCE],
        now=MORNING,
    )
