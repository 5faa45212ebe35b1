"""A password that an administrator gave and has seen: good for choosing another one, once."""

from django.db import models

from compliance.models.user import User


class FirstPassword(models.Model):
    """Stands while the account's password is not its owner's own; the password is not here."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, primary_key=True, related_name="first_password"
    )
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="first_password_is_given_by_another",
                condition=~models.Q(user=models.F("given_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"first password of {self.user_id}"
