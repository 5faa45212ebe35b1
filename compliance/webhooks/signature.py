"""Signing a message, as the Standard Webhooks specification says (standardwebhooks.com).

The signature is HMAC-SHA-256 over "id.timestamp.body". Whoever receives it checks the signature,
takes no message older than five minutes, and no id twice: that is the protection from replays.
A webhook's secret is derived from the deployment's key and the webhook's id; it is stored nowhere.
"""

import hmac
from base64 import b64encode
from uuid import UUID

from audit.keys import secret

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_of(webhook: UUID) -> bytes:
    """Return the 32 bytes by which a webhook's messages are signed."""
    return hmac.digest(secret("number-index"), b"webhook " + webhook.bytes, "sha256")


def secret_shown(webhook: UUID) -> str:
    """Return the secret as the receiver keeps it; shown once, when the webhook is made."""
    return PREFIX + b64encode(secret_of(webhook)).decode()


def headers(*, webhook: UUID, message: UUID, at: int, body: bytes) -> dict[str, str]:
    """Return the headers of one message; `at` is the Unix time of this try, in seconds."""
    signed = b"%s.%d.%s" % (str(message).encode(), at, body)
    code = hmac.digest(secret_of(webhook), signed, "sha256")
    return {
        "webhook-id": str(message),
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{b64encode(code).decode()}",
    }
