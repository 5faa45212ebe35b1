"""The people who log in, each with exactly one role."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """One real person's account; roles never add up, so nobody approves their own work."""

    class Role(models.TextChoices):
        """What a person may do; the console's access matrix reads nothing else."""

        ADMINISTRATOR = "administrator", "administrator 管理员"
        COMPLIANCE = "compliance", "compliance officer 合规专员"
        SUPERVISOR = "supervisor", "supervisor 班组长"
        AGENT = "agent", "agent 话务员"
        REGULATOR = "regulator", "regulator (read only) 监管人员（只读）"

    role = models.CharField(max_length=16, choices=Role.choices)
    real_name = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="user_role_known",
                condition=models.Q(
                    role__in=["administrator", "compliance", "supervisor", "agent", "regulator"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.username
