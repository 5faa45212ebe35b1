"""The deployment pack 部署合规包: what this installation may be, signed and checked."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature

from audit.canonical import CanonicalError, canon
from audit.keys import KeyFileError, private_key, public_key
from compliance.models import Deployment

KEY = "deployment"
FIELDS: Mapping[str, type] = {
    "operator": str,  # legal name
    "credit_code": str,  # 统一社会信用代码
    "regime": str,
    "data_location": str,  # ISO 3166 code of the country that holds the records
    "services": dict,  # where each service that holds or processes records is: name -> country
    "rents_seats": bool,  # to third parties
}


class DeploymentPackError(Exception):
    """The file is no deployment pack."""


def pack_bytes(pack: Mapping[str, Any]) -> bytes:
    """Return the bytes that are signed.

    :raises DeploymentPackError: if a field is missing, unknown or of another kind
    """
    differing = sorted(pack.keys() ^ FIELDS.keys())
    if differing:
        raise DeploymentPackError(f"A deployment pack has exactly {sorted(FIELDS)}: {differing}.")
    for name, kind in FIELDS.items():
        if type(pack[name]) is not kind:
            raise DeploymentPackError(f"{name} has to be a {kind.__name__}.")
    places = pack["services"]
    if not all(isinstance(place, str) and place for place in places.values()):
        raise DeploymentPackError("services says for each service in which country it is.")
    try:
        return canon(dict(pack))
    except CanonicalError as error:
        raise DeploymentPackError(str(error)) from error


def sign_pack(content: bytes) -> bytes:
    """Sign with the deployment's own key (Ed25519)."""
    return private_key(KEY).sign(content)


def signed_pack() -> dict[str, Any] | None:
    """Return the newest pack if its signature holds; None means that there is none to go by."""
    row = Deployment.objects.order_by("-pk").first()
    if row is None:
        return None
    content = bytes(row.content)
    try:
        public_key(KEY).verify(bytes(row.signature), content)
    except (InvalidSignature, KeyFileError):
        return None
    pack: dict[str, Any] = json.loads(content)
    return pack
