"""Labels in the reader's language, for forms that are made before anybody reads them."""

from collections.abc import Sequence

from django.utils.functional import lazy

from compliance.numbers import Words
from console.templatetags.either import either

said = lazy(either, str)


def told(words: Words) -> str:
    """Say words in the reader's language."""
    return either(words.zh, words.en)


def told_pair(pair: Sequence[str]) -> str:
    """Say a stored pair of sentences in the reader's language."""
    return either(pair[0], pair[1])
