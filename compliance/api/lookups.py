"""Finding what a request names."""

from http import HTTPStatus
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from compliance.api.problems import ProblemError
from compliance.numbers import Number, NumberProblem, Words, normalise

Row = TypeVar("Row", bound=Model)
NOT_THERE = Words("没有这条记录。", "There is no such record.")


def found_or_404(rows: QuerySet[Row], **named: Any) -> Row:
    """Return the one record that is named.

    :raises ProblemError: if there is none
    """
    row = rows.filter(**named).first()
    if row is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "not_found", NOT_THERE)
    return row


def number_from(text: str) -> Number:
    """Read a telephone number.

    :raises ProblemError: if it is no number that could be called
    """
    try:
        return normalise(text)
    except NumberProblem as problem:
        raise ProblemError(
            HTTPStatus.BAD_REQUEST, "number_unknown", problem.words, {"field": "number"}
        ) from problem
