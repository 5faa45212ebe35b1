"""A campaign's filing 外呼业务备案: the plan's seven elements, its script and its whitelist."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.lines import CallerNumber, Trunk
from compliance.models.parties import Principal
from compliance.models.words import Industry, Purpose


class ScriptVersion(models.Model):
    """One approved wording of what the agent says; a change is a new version."""

    title = models.CharField(max_length=128)
    version = models.PositiveIntegerField()
    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=2, choices=Purpose.choices, blank=True)
    steps = models.JSONField(default=list)  # [{"step": …, "text": …}], compliance.scripts.steps
    text = models.TextField()  # the steps as a person reads them
    text_sha256 = models.CharField(max_length=64)  # of the steps, in canonical JSON
    lexicon_sha256 = models.CharField(max_length=64, blank=True)  # what the lint knew then
    offers = models.BooleanField()  # it sells something, which makes any campaign P1
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title", "version"], name="script_version_once"),
            models.CheckConstraint(
                name="script_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class Whitelist(models.Model):
    """The consents towards one principal for one purpose 白名单: the only dialable set."""

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="whitelists")
    purpose = models.CharField(max_length=2, choices=Purpose.choices)
    version = models.PositiveIntegerField(default=0)  # goes up with every import

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "purpose"], name="whitelist_once_per_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id}/{self.purpose} v{self.version}"


class CampaignFiling(models.Model):
    """What a campaign was registered as; dialling it needs a second person's activation."""

    class State(models.TextChoices):
        """Where the filing stands."""

        DRAFT = "draft", _("registered, waiting for activation")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=128)  # 业务名称
    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="filings")
    purpose = models.CharField(max_length=2, choices=Purpose.choices)  # 业务类型
    industry = models.CharField(max_length=16, choices=Industry.choices)
    caller_number = models.ForeignKey(CallerNumber, on_delete=models.PROTECT, related_name="+")
    audience = models.TextField()  # 外呼对象
    content = models.TextField()  # 外呼内容
    contact = models.CharField(max_length=128)  # 联系方式
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="filings")
    script = models.ForeignKey(ScriptVersion, on_delete=models.PROTECT, related_name="+")
    whitelist = models.ForeignKey(Whitelist, on_delete=models.PROTECT, related_name="filings")
    robot = models.BooleanField(default=False)  # a machine speaks, not an agent
    sensitive_data = models.BooleanField(db_default=False)  # 敏感个人信息 is used in the talk
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    approver = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    activated_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="filing_needs_two_people",
                condition=models.Q(state="draft")
                | (
                    models.Q(approver__isnull=False, activated_at__isnull=False)
                    & ~models.Q(approver=models.F("author"))
                ),
            ),
            models.CheckConstraint(
                name="filing_elements_complete",
                condition=~models.Q(name="")
                & ~models.Q(audience="")
                & ~models.Q(content="")
                & ~models.Q(contact=""),
            ),
        ]

    def __str__(self) -> str:
        return self.code
