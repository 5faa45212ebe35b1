"""Who calls on whose behalf: the operator and its licence, the principals and their mandates."""

from datetime import date

from django.db import models

from compliance.models.words import Industry, Regime


class Operator(models.Model):
    """The licensed call centre that runs this deployment 运营主体; there is exactly one."""

    legal_name = models.CharField(max_length=128)
    credit_code = models.CharField(max_length=18)  # 统一社会信用代码
    regime = models.CharField(max_length=16, choices=Regime.choices)
    sole = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="operator_is_one", condition=models.Q(sole=True)),
            models.CheckConstraint(  # one of these, and so one pack: packs never mix
                name="operator_regime_known",
                condition=models.Q(regime__in=Regime.values),
            ),
        ]

    def __str__(self) -> str:
        return self.legal_name


class Licence(models.Model):
    """A licence for telecom business 电信业务经营许可."""

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=8)  # "B24"
    number = models.CharField(max_length=64)
    holder_name = models.CharField(max_length=128)
    area = models.CharField(max_length=64)
    valid_from = models.DateField()
    expires_on = models.DateField()  # the last day on which it is valid
    document_sha256 = models.CharField(max_length=64)
    verified_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="licence_ends_after_it_begins",
                condition=models.Q(expires_on__gte=models.F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Principal(models.Model):
    """The business on whose behalf a campaign calls 委托主体."""

    name = models.CharField(max_length=128, unique=True)
    industry = models.CharField(max_length=16, choices=Industry.choices)
    credit_code = models.CharField(max_length=18, blank=True)  # 统一社会信用代码

    class Meta:
        constraints = [
            models.CheckConstraint(  # an industry that is not known is never called for
                name="principal_industry_known",
                condition=models.Q(industry__in=Industry.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Mandate(models.Model):
    """A principal's written mandate to the operator 委托合同."""

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="mandates")
    contract_number = models.CharField(max_length=64)
    valid_from = models.DateField()
    valid_until = models.DateField()  # the last day
    document_sha256 = models.CharField(max_length=64)
    ended_on = models.DateField(null=True)  # the last day, where it ended before its time

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandate_ends_early_or_in_time",
                condition=models.Q(ended_on__isnull=True)
                | models.Q(ended_on__lt=models.F("valid_until")),
            ),
        ]

    def __str__(self) -> str:
        return self.contract_number

    @property
    def last_day(self) -> date:
        """Return the day with which it ended or will end."""
        return self.ended_on or self.valid_until
