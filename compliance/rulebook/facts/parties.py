"""What the filing's parties hold: licence, mandate, industry papers, deployment pack."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFacts:
    """The operator's licence for call-centre business (B24)."""

    kind: str
    valid_from: date
    expires_on: date
    holder_is_operator: bool
    area: tuple[str, ...]  # ISO 3166-2 provinces, or "CN" for the whole country


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFacts:
    """The principal's written mandate to the operator."""

    valid_from: date
    valid_until: date
    has_contract: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """One industry licence or filing of the principal that was not revoked."""

    kind: str
    valid_from: date
    valid_until: date
    names_caller: bool  # its number is the filing's caller number


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFacts:
    """What the signed deployment pack says, if its signature holds."""

    operator_matches: bool  # it names the operator on record
    regime: str
    data_location: str  # ISO 3166 code of the country that holds the records
    abroad: tuple[str, ...]  # services that hold or process records elsewhere
    rents_seats: bool  # to third parties
