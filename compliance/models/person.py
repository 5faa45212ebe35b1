"""One person who may be called: the number is stored once, encrypted, behind a blind index."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Person(models.Model):
    """A callee. Every other table refers to this row; nothing else holds the number."""

    number_index = models.BinaryField(unique=True)  # HMAC-SHA-256 of the E.164 number, 32 bytes
    number_sealed = models.BinaryField()  # AES-256-GCM: 12 bytes nonce, ciphertext, tag
    masked = models.CharField(max_length=24)  # 138****0000
    number_class = models.CharField(max_length=16)  # compliance.numbers.NumberClass
    provinces = ArrayField(models.CharField(max_length=8))  # ISO 3166-2, "CN-*" for anywhere
    places_version = models.CharField(max_length=64)  # the prefix data behind `provinces`
    minor_until = models.DateField(null=True)  # 18th birthday; null: not known to be a minor
    created_at = models.DateTimeField()
    # Moved by `number_events` alone, in the database, and never back.
    vacant_at = models.DateTimeField(null=True)  # last known to be nobody's, or handed over
    checked_at = models.DateTimeField(null=True)  # last known to be in use

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_may_be_somewhere",
                condition=models.Q(provinces__len__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.masked
