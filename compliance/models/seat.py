"""A registered seat 坐席 and the agent in it; its live state is the dialer's."""

from django.db import models

from compliance.models.outlets import Outlet


class Seat(models.Model):
    """One workplace with one real person's job number; caps count per seat."""

    code = models.SlugField(unique=True)  # 工号
    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, related_name="seats")
    agent = models.OneToOneField("User", on_delete=models.PROTECT, related_name="seat")
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code
