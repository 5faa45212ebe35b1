"""A checkpoint in the compliance officer's mailbox: as text, as a file, and as a QR code."""

import io
import smtplib

import segno
from django.core.mail import EmailMessage

from audit.anchors.anchored import Anchored, AnchorError, Published

TEXT = """\
请保存本邮件。附件是 {origin} 审计日志的检查点，覆盖前 {size} 条记录。
此后若有人改动、删除其中任何一条，或使日志缩短，凭本检查点即可证明。

注意：未经验证的检查点不说明任何问题。请用开户时书面交给您的公钥（vkey）核对：
    python3 verify.py 证据包 --vkey 公钥 --held {name}
邮件中出现的任何公钥均不可信。

Keep this message. Attached is the checkpoint of the audit log {origin}: it covers the first {size}
entries. If anybody later changes or removes one of them, or shortens the log, this proves it.

Note: a checkpoint means nothing until it is verified, with the key (vkey) that you were handed on
paper when you began; trust no key that comes by mail:
    python3 verify.py BUNDLE --vkey KEY --held {name}

{note}"""


def anchor_mail(published: Published, *, to: str, sender: str) -> Anchored:
    """Send the checkpoint to the compliance officer.

    :raises AnchorError: if no mail server takes it
    """
    message = mail_of(published, to=to, sender=sender)
    try:
        taken = message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        kind = type(error).__name__
        raise AnchorError(
            zh=f"邮件未能发出：{kind}", en=f"the message was not sent: {kind}"
        ) from error
    if taken != 1:
        raise AnchorError(zh="邮件未能发出", en="the message was not sent")
    # The address is somebody's; whose it is, the settings say.
    return Anchored(reference=f"mail {published.name}")


def mail_of(published: Published, *, to: str, sender: str) -> EmailMessage:
    """Return the message about one checkpoint."""
    note = published.note.decode()
    message = EmailMessage(
        subject=f"审计检查点 Audit checkpoint {published.epoch}/{published.size}",
        body=TEXT.format(
            origin=published.origin, size=published.size, name=published.name, note=note
        ),
        from_email=sender,
        to=[to],
    )
    message.attach(published.name, published.note, "application/octet-stream")
    stem = published.name.removesuffix(".txt")
    message.attach(f"{stem}.png", qr_of(published.note, kind="png"), "image/png")
    message.attach(f"{stem}.svg", qr_of(published.note, kind="svg"), "image/svg+xml")
    return message


def qr_of(note: bytes, *, kind: str) -> bytes:
    """Return the QR code of a note, `png` or `svg`; a camera reads the note's exact text."""
    out = io.BytesIO()
    code = segno.make_qr(note.decode(), encoding="utf-8", error="m")
    code.save(out, kind=kind, scale=5, border=4)
    return out.getvalue()
