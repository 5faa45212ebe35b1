"""Send through a gateway over https: one JSON object, answered with a 2xx once it is taken."""

import http.client
import json
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from compliance.code_senders.base import TEXT, NotSentError

SECONDS = 10
TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySender:
    """Posts to one address, with a bearer token; follows no redirection."""

    url: str
    token: str = field(repr=False)
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    def send(self, *, number: str, code: str, minutes: int) -> None:
        """Post `{"number": …, "text": …}`.

        :raises NotSentError: if the gateway cannot be reached or does not take it
        """
        parts = urlsplit(self.url)
        body = json.dumps(
            {"number": number, "text": TEXT.format(code=code, minutes=minutes)},
            ensure_ascii=False,
        )
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection = http.client.HTTPSConnection(parts.netloc, timeout=SECONDS, context=self.trust)
        try:
            path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request("POST", path, body.encode(), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise NotSentError(f"The gateway: {type(error).__name__}.") from error
        finally:
            connection.close()
        if status not in TAKEN:
            raise NotSentError(f"The gateway answered {status}.")
