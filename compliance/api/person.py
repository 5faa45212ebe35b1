"""A person as the API shows them, and lists of what is about one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from compliance.api.listing import ListQuery


class PersonField(serializers.Serializer[Any]):
    """A person: a number of our own, and the telephone number without its middle."""

    id = serializers.IntegerField(source="pk")
    masked = serializers.CharField()


class OfPerson(ListQuery):
    """Of one person, by our own number of them (from `people`), or of all."""

    person = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


def of_person(rows: QuerySet[Any], asked: Mapping[str, Any]) -> QuerySet[Any]:
    """Keep what is about the person, if one was asked for."""
    return rows.filter(person_id=asked["person"]) if "person" in asked else rows
