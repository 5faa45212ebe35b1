"""The officer's mail, as it comes out of a real mail server."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import segno
from pytest_django import Settings

from audit.anchors.anchored import AnchorError, Published
from audit.anchors.mail import anchor_mail, qr_of
from tests.audit.anchors.mailbox import Mailbox, taking_mail

NOTE = (
    "yunhu.test/audit\n4607\nPsKaZtjcDEWdRLumpio40k+vG1jeusS25aRvTs68vu4=\n\n"
    "— yunhu.test/audit O1nn3kdXBJ7Px2eYqMJXeTjI7FLB4qDmDGFJmQ==\n"
).encode()
PUBLISHED = Published(origin="yunhu.test/audit", epoch=1, size=4607, note=NOTE)


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    with taking_mail() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = ""
        yield mailbox


def anchor() -> str:
    return anchor_mail(PUBLISHED, to="officer@example.cn", sender="yunhu@example.cn").reference


def content(message: EmailMessage, name: str) -> bytes:
    (found,) = (part for part in message.iter_attachments() if part.get_filename() == name)
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


class TestMail:
    def test_carries_the_note_in_its_text_and_byte_for_byte_as_a_file(
        self, mailbox: Mailbox
    ) -> None:
        reference = anchor()

        (message,) = mailbox.messages
        text = message.get_body(("plain",))
        assert text is not None
        assert NOTE.decode() in text.get_content().replace("\r\n", "\n")
        assert content(message, "checkpoint-001-000000004607.txt") == NOTE
        assert "officer" not in reference

    def test_warns_in_both_languages_that_the_note_has_to_be_verified(
        self, mailbox: Mailbox
    ) -> None:
        anchor()

        text = mailbox.messages[0].get_body(("plain",))
        assert text is not None
        assert "未经验证的检查点不说明任何问题" in text.get_content()
        assert "means nothing until it is verified" in text.get_content()
        assert "trust no key that comes by mail" in text.get_content()

    def test_carries_the_note_as_a_code_for_a_camera(self, mailbox: Mailbox) -> None:
        anchor()

        message = mailbox.messages[0]
        stem = "checkpoint-001-000000004607"
        assert content(message, f"{stem}.png").startswith(b"\x89PNG")
        assert b"<svg" in content(message, f"{stem}.svg")
        assert qr_of(NOTE, kind="png") == content(message, f"{stem}.png")

    def test_is_a_failure_if_the_server_refuses_it(self, mailbox: Mailbox) -> None:
        mailbox.refuses = True

        with pytest.raises(AnchorError, match="not sent"):
            anchor()

    def test_is_a_failure_if_there_is_no_server(
        self, mailbox: Mailbox, settings: Settings
    ) -> None:
        settings.EMAIL_PORT = 9

        with pytest.raises(AnchorError, match="not sent"):
            anchor()


class TestQr:
    def test_holds_a_note_with_a_witness(self) -> None:
        witnessed = NOTE + "— officer.example.cn/w1 ".encode() + b"x" * 100 + b"\n"

        code = segno.make_qr(witnessed.decode(), encoding="utf-8", error="m")

        assert int(str(code.version)) <= 15
