"""How many examples a property takes that stands on the database: a fifth of what others take."""

from hypothesis import HealthCheck, settings

# The fixtures are the world; every example changes it inside `undone()`.
FEW = settings(
    max_examples=max(settings().max_examples // 5, 1),
    suppress_health_check=[
        *settings().suppress_health_check,
        HealthCheck.function_scoped_fixture,
    ],
)
