"""Find or add the one row that stands for a number."""

from collections.abc import Iterable
from datetime import datetime

from compliance.models import Person
from compliance.numbers import Number, localities, mask
from compliance.vault import number_index, seal, unseal

BATCH = 1000


def person_for_number(*, number: Number, now: datetime) -> Person:
    """Return the person behind `number`, adding the row if nobody has it."""
    return people_for_numbers(numbers=[number], now=now)[number.e164]


def people_for_numbers(*, numbers: Iterable[Number], now: datetime) -> dict[str, Person]:
    """Return the people behind `numbers` by E.164 number, adding the rows that are missing.

    For a whole list use `compliance.imports.staging`, which is many times faster.
    """
    by_index = {number_index(number.e164): number for number in numbers}
    known = _known(by_index)
    # In one order for everybody: two that add the same people wait and never deadlock.
    missing = [
        unsaved_person(number=by_index[index], now=now)
        for index in sorted(by_index.keys() - known.keys())
    ]
    # Another import may add the same person at this moment: the unique index decides.
    Person.objects.bulk_create(missing, batch_size=BATCH, ignore_conflicts=True)
    if missing:
        known |= _known(bytes(person.number_index) for person in missing)
    return {number.e164: known[index] for index, number in by_index.items()}


def known_person(*, number: Number) -> Person | None:
    """Return the person behind `number` if the row is there; add nothing."""
    return Person.objects.filter(number_index=number_index(number.e164)).first()


def number_of(person: Person) -> str:
    """Return the person's number in E.164.

    :raises SealBrokenError: if the stored number is not the one behind the blind index
    """
    return unseal(bytes(person.number_sealed), bound_to=bytes(person.number_index))


def unsaved_person(*, number: Number, now: datetime) -> Person:
    """Return the row that would stand for `number`."""
    index = number_index(number.e164)
    places = localities(number.e164)
    return Person(
        number_index=index,
        number_sealed=seal(number.e164, bound_to=index),
        masked=mask(number.e164),
        number_class=number.number_class.value,
        provinces=list(places.provinces),
        places_version=places.source,
        created_at=now,
    )


def _known(indexes: Iterable[bytes]) -> dict[bytes, Person]:
    rows = Person.objects.filter(number_index__in=list(indexes))
    return {bytes(person.number_index): person for person in rows}
