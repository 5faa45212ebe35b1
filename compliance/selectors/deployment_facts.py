"""What the rules may know about the installation: its signed deployment pack."""

from compliance.deployment import signed_pack
from compliance.models import Operator
from compliance.rulebook.facts import DeploymentFacts


def deployment_facts(operator: Operator | None) -> DeploymentFacts | None:
    """Look up the newest deployment pack; None if none has a good signature."""
    pack = signed_pack()
    if pack is None:
        return None
    stated = (pack["operator"], pack["credit_code"])
    on_record = None if operator is None else (operator.legal_name, operator.credit_code)
    home = pack["data_location"]
    return DeploymentFacts(
        operator_matches=stated == on_record,
        regime=pack["regime"],
        data_location=home,
        abroad=tuple(sorted({place for place in pack["services"].values() if place != home})),
        rents_seats=pack["rents_seats"],
    )
