"""The closed vocabularies of the records: regimes, purposes, industries, sources."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Regime(models.TextChoices):
    """Under which rules the operator calls."""

    B24_OPERATOR = "b24_operator", _("licensed call centre (B24)")
    SELF_USE = "self_use", _("a business calling its own customers")
    CARRIER_AGENT = "carrier_agent", _("carrier's agent")


class Purpose(models.TextChoices):
    """Why a campaign calls."""

    MARKETING = "P1", _("commercial marketing")
    CALL_BACK = "P2", _("instant call-back")
    INFORMATION = "P3", _("consented information")
    SERVICE = "P4", _("service or contract notice")
    COLLECTION = "P5", _("debt collection")
    SURVEY = "P6", _("after-sale survey")
    PUBLIC_NOTICE = "P7", _("public or emergency notice")


class Industry(models.TextChoices):
    """Which kind of business the principal is in."""

    FINANCE_LOAN = "finance_loan", _("loans")
    FINANCE_WEALTH = "finance_wealth", _("wealth management")
    CARD = "card", _("credit cards")
    SECURITIES = "securities", _("securities and funds")
    INSURANCE = "insurance", _("insurance")
    REAL_ESTATE = "realestate", _("real estate")
    MEDICAL = "medical", _("medical")
    HEALTH_FOOD = "healthfood", _("health food")
    HR = "hr", _("human resources")
    TOURISM = "tourism", _("tourism")
    EDUCATION = "education", _("education")
    COLLECTION = "collection", _("debt collection")
    TELECOM = "telecom", _("telecom products")
    RETAIL = "retail", _("retail")
    OTHER = "other", _("other")


class ConsentBasis(models.TextChoices):
    """What entitles the principal to call the person."""

    CONSENT = "consent", _("the person's consent")
    CONTRACT = "contract", _("a contract with the person")
    LEGAL_DUTY = "legal_duty", _("a legal duty")
    DEBT_CONTRACT = "debt_contract", _("a debt contract")


class RefusalSource(models.TextChoices):
    """Through which channel a person said no."""

    KEY_9 = "key_9", _("key 9 during a call")
    AGENT = "agent", _("said to the agent")
    SPEECH = "speech", _("heard by the machine")
    WEB = "web", _("public page")
    LETTER = "letter", _("letter")
    SMS = "sms", _("text message")
    COMPLAINT = "complaint", _("complaint")
    CARRIER = "carrier", _("carrier's do-not-disturb")
    IMPORT = "import", _("imported list")


class ListSource(models.TextChoices):
    """Where a contact list lawfully comes from; there is no default."""

    OWN_CUSTOMERS = "own_customers", _("the principal's own customers")
    OWN_FORM = "own_form", _("the principal's own web or app form")
    INBOUND_CALL = "inbound_call", _("inbound calls")
    EVENT = "event", _("event sign-up with notice")
    PRINCIPAL = "principal", _("provided by the principal under its mandate")
