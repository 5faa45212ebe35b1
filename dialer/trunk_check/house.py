"""What a call needs of this installation besides the carrier: room for recordings, an edge."""

from dialer.trunk_check.finding import EDGE, RECORDER, Finding, note


def recorder_finding() -> Finding:
    """Return whether a recording could begin."""
    return note(RECORDER, "尚未启用录音。", "There are no recordings yet.")


def edge_finding() -> Finding:
    """Return whether an edge checks what leaves."""
    return note(EDGE, "尚未启用边界核验。", "There is no edge yet.")
