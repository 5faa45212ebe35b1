"""Do-not-call lists that somebody else keeps 外部谢绝来电名单: read, never written."""

from django.db import models

from compliance.models.words import Industry


class ExternalList(models.Model):
    """One list and the kind of business that it binds."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=128)
    industry = models.CharField(max_length=16, choices=Industry.choices, blank=True)  # "": all
    registered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class ExternalListEdition(models.Model):
    """One reading of a list; without a fresh one nobody of its kind of business is called."""

    external_list = models.ForeignKey(
        ExternalList, on_delete=models.PROTECT, related_name="editions"
    )
    version = models.CharField(max_length=64)
    as_of = models.DateTimeField()  # when its keeper says that it was complete
    file_sha256 = models.CharField(max_length=64)
    numbers = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["external_list", "version"], name="external_list_edition_once"
            ),
            models.CheckConstraint(
                name="external_list_edition_is_not_from_the_future",
                condition=models.Q(as_of__lte=models.F("applied_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.version


class ExternalListEntry(models.Model):
    """A number on a list, whether or not anybody here knows it. Entries are only ever added."""

    external_list = models.ForeignKey(ExternalList, on_delete=models.PROTECT, db_index=False)
    number_index = models.BinaryField()  # as in Person

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number_index", "external_list"], name="external_list_entry_once"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
