"""The witnesses that are near: the carrier's file that the settings name, and the edges' logs."""

from pathlib import Path

from django.conf import settings

from dialer.reconcile.comparison import Span
from dialer.reconcile.witness_csv import Witness, read_records
from dialer.reconcile.witness_edge import edge_witness


def records_near() -> list[Witness]:
    """Return what the carrier's file says, if the settings name one.

    :raises WitnessError: if it cannot be read
    """
    near = settings.CARRIER_RECORDS
    return [read_records(Path(near))] if near else []


def witnesses_near(span: Span) -> list[Witness]:
    """Return what the witnesses say that need not be asked for.

    :raises WitnessError: if one cannot be read
    """
    edge = edge_witness(span)
    return records_near() if edge is None else [*records_near(), edge]
