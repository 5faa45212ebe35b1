"""The line ledger 语音线路台账: trunks, and the filed caller numbers they may carry."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.parties import Operator
from compliance.models.words import Purpose


class Trunk(models.Model):
    """One carrier connection, as the ledger states it; how to reach it is the dialer's."""

    class Kind(models.TextChoices):
        """Whether calls on the trunk can reach the public network."""

        CARRIER = "carrier", _("carrier")
        LOOPBACK = "loopback", _("loopback carrier")

    code = models.SlugField(unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    carrier = models.CharField(max_length=64)
    contract_number = models.CharField(max_length=64)
    user_entity = models.CharField(max_length=128)  # 使用主体, as the carrier's contract names it
    access_location = models.CharField(max_length=128)  # 接入位置
    access_province = models.CharField(max_length=8, blank=True)  # ISO 3166-2; "" is unknown
    permitted_purposes = ArrayField(models.CharField(max_length=2, choices=Purpose.choices))
    sub_leased = models.BooleanField()
    reviewed_on = models.DateField()
    max_calls = models.PositiveIntegerField()  # concurrent calls that the contract allows
    active = models.BooleanField(default=True)
    # 外呼盲区 that the carrier's contract adds to the pack's; "CN-*": places that nobody knows.
    barred_provinces = ArrayField(models.CharField(max_length=8), default=list, blank=True)

    def __str__(self) -> str:
        return self.code


class CallerNumber(models.Model):
    """A filed caller number 主叫号码; no field, API or code path accepts another."""

    number = models.CharField(max_length=16, unique=True)  # as sent: "95xxxxxx", "02187654321"
    number_class = models.CharField(max_length=16)  # compliance.numbers.NumberClass
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="numbers")
    callout_opened = models.BooleanField()  # the carrier opened it for outbound calls
    valid_from = models.DateField()
    certificate_until = models.DateField()  # the last day of the number certificate
    commitment_sha256 = models.CharField(max_length=64)  # 不违规呼出承诺书
    trunks = models.ManyToManyField(Trunk, related_name="caller_numbers")

    def __str__(self) -> str:
        return self.number
