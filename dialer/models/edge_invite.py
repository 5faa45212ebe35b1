"""What the edges saw of dialog-forming INVITEs: each relayed by one of them, or refused."""

from django.db import models

from compliance.models import Incident, Permit, Trunk


class EdgeInvite(models.Model):
    """One INVITE at an edge, taken over from its own append-only log; never changed.

    What the line process's own edge lets leave is its `LineInvite`; its refusals are here.
    """

    id = models.UUIDField(primary_key=True)  # made from the place in the edge's log
    edge = models.CharField(max_length=64)  # its name; "line": the one in the line process
    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="+", null=True)
    permit = models.ForeignKey(
        Permit, on_delete=models.PROTECT, related_name="edge_invites", null=True
    )  # that the INVITE names; null: none that there is
    why = models.CharField(max_length=16, blank=True)  # dialer.lines.sip.edge.Why; "": relayed
    source = models.CharField(max_length=64, blank=True)  # address it came from, where known
    masked = models.CharField(max_length=32)  # the number that it calls
    call_id = models.CharField(max_length=255)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+", null=True)
    seen_at = models.DateTimeField(db_index=True)  # by the edge's clock
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="edge_refusal_is_an_incident",
                condition=models.Q(why="", incident=None)
                | (~models.Q(why="") & models.Q(incident__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"edge invite {self.pk}"
