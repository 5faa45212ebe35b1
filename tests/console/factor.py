"""An authenticator app in the hands of a test: it shows the codes of a person's second factor."""

from django.test import Client
from django_otp.oath import TOTP

from compliance import clock
from compliance.models import User
from console.models import SecondFactor
from console.models.second_factor import DIGITS, STEP_SECONDS
from console.second_factor import SESSION, factor_to_enrol

URL = "/second-factor/"


def code_of(user: User, *, steps: int = 0) -> str:
    """Return what the person's app shows, or showed or will show some steps away."""
    totp = TOTP(factor_to_enrol(user).key, STEP_SECONDS, 0, DIGITS)
    totp.time = clock.host_now().timestamp() + steps * STEP_SECONDS
    return f"{totp.token():06d}"


def show_factor(client: Client, user: User) -> None:
    """Show the second factor at the page that asks for it, as a person does each shift."""
    SecondFactor.objects.filter(user=user).update(last_step=-1)  # a shift ago
    answer = client.post(URL, {"code": code_of(user)})
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content


def shown_before(client: Client, user: User) -> None:
    """Give the person a factor, and the session what it holds once that was shown."""
    at = clock.host_now()
    factor, _ = SecondFactor.objects.get_or_create(
        user=user,
        defaults={"sealed_key": SecondFactor.made_for(user.pk).sealed_key, "confirmed_at": at},
    )
    session = client.session
    session[SESSION] = {"by": "totp", "id": factor.pk, "at": at.timestamp()}
    session.save()
