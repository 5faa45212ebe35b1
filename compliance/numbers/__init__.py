"""Phone numbers: one spelling, a class, a masked form and the provinces they may ring in."""

from compliance.numbers.classes import GEOGRAPHIC, PERSONAL, NumberClass, classify
from compliance.numbers.localities import ANYWHERE, Localities, localities
from compliance.numbers.masking import mask, mask_text, mask_within
from compliance.numbers.normalise import Number, normalise
from compliance.numbers.problems import NumberProblem, ProblemCode
from compliance.numbers.provinces import PROVINCES, ProvinceUnknownError, check_provinces
from compliance.numbers.words import Words

__all__ = [
    "ANYWHERE",
    "GEOGRAPHIC",
    "PERSONAL",
    "PROVINCES",
    "Localities",
    "Number",
    "NumberClass",
    "NumberProblem",
    "ProblemCode",
    "ProvinceUnknownError",
    "Words",
    "check_provinces",
    "classify",
    "localities",
    "mask",
    "mask_text",
    "mask_within",
    "normalise",
]
