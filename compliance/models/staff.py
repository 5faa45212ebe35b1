"""The people in the seats: who they really are, what they learnt, what they did wrong."""

from django.db import models


class StaffRecord(models.Model):
    """An agent's real name and identity document, sealed; one person has one job number."""

    agent = models.OneToOneField("User", on_delete=models.PROTECT, related_name="staff_record")
    real_name_sealed = models.BinaryField()
    identity_index = models.BinaryField(unique=True)  # HMAC of the identity document's number
    document_sha256 = models.CharField(max_length=64)  # the employment papers
    verified_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="staff_is_verified_by_another",
                condition=~models.Q(agent=models.F("verified_by")),
            ),
            models.CheckConstraint(
                name="staff_has_papers",
                condition=models.Q(document_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"staff {self.agent_id}"


class Training(models.Model):
    """A course that an agent passed, with its certificate; append-only."""

    agent = models.ForeignKey("User", on_delete=models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=64)
    passed_on = models.DateField()
    certificate_sha256 = models.CharField(max_length=64)
    examiner = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="training_is_examined_by_another",
                condition=~models.Q(agent=models.F("examiner")),
            ),
            models.CheckConstraint(
                name="training_has_a_certificate",
                condition=models.Q(certificate_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.course} {self.passed_on}"


class SanctionPoint(models.Model):
    """One breach by an agent; points add up for good, whatever seat the agent moves to."""

    agent = models.ForeignKey("User", on_delete=models.PROTECT, related_name="sanction_points")
    breach = models.CharField(max_length=64)  # rule id or case
    evidence = models.CharField(max_length=256)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.agent_id} {self.breach}"
