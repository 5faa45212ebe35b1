"""What the tests of the registers' pages share."""

import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

PAPER = b"a paper"
DIGEST = hashlib.sha256(PAPER).hexdigest()


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("paper.pdf", PAPER)


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer.content.decode()


def done(client: Client, url: str, **given: object) -> str:
    """Post a form that is taken; return where it leads."""
    answer = client.post(url, given)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def refused(client: Client, url: str, **given: object) -> str:
    """Post a form that is not taken; return the page that says why."""
    answer = client.post(url, given)
    assert answer.status_code == 422, answer.status_code
    return answer.content.decode()
