"""The closed vocabularies of the records and the words of the book name the same things."""

from compliance.books import book
from compliance.models.words import Industry


class TestIndustries:
    def test_of_the_records_are_those_of_the_book(self) -> None:
        assert set(Industry.values) == set(book().words("industry"))
