"""What a sender of one-time codes is."""

from typing import Protocol

TEXT = (
    "【允呼】验证码 {code}，{minutes} 分钟内有效，用于登记不再接听来电或投诉。"
    "非本人操作请忽略，勿告知他人。"
    " Code {code}, good for {minutes} minutes, to refuse calls or complain. Tell it to nobody."
)


class NotSentError(Exception):
    """The message was not taken; nobody has the code."""


class CodeSender(Protocol):
    """Sends a text to a number."""

    def send(self, *, number: str, code: str, minutes: int) -> None:
        """Send the code to an E.164 number, or say that it did not go out.

        :raises NotSentError: if it did not
        """


class NoSender:
    """What there is without a configured one."""

    def send(self, *, number: str, code: str, minutes: int) -> None:
        """Send nothing.

        :raises NotSentError: always
        """
        del number, code, minutes
        raise NotSentError("No sender of one-time codes is configured: set CODE_SENDER.")
