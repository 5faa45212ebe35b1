"""How each part that a call stands on is: the page, its marks over time, and the self-check.

Readers only ask what the layers below know already; whether a call may leave is decided by the
gate alone, whatever stands here.
"""
