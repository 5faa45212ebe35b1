"""Sentences for people, in Chinese and in English, and the error that carries one."""


def both(*, zh: str, en: str) -> str:
    """Put the two languages side by side on one line."""
    return f"{zh} · {en}"


class SentenceError(Exception):
    """Something that a person must know and can put right: what happened and what to do."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en
