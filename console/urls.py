"""The URLs of the console; every one goes through the access matrix."""

from django.views.i18n import set_language

from console.access import page
from console.views import decision, decisions, home, live, log_in, seat

app_name = "console"
urlpatterns = [
    page("", home.home, name="home"),
    page("login/", log_in.LogIn.as_view(), name="log_in"),
    page("login/demo/", log_in.demo_log_in, name="demo_log_in"),
    page("logout/", log_in.log_out, name="log_out"),
    page("language/", set_language, name="language"),
    page("live/", live.live, name="live"),
    page("live/events/", live.live_events, name="live_events"),
    page("decisions/", decisions.decisions, name="decisions"),
    page("decisions/by-number/", decisions.decisions_by_number, name="decisions_by_number"),
    page("decisions/<uuid:decision_id>/", decision.decision, name="decision"),
    page(
        "decisions/<uuid:decision_id>/findings/",
        decision.decision_findings,
        name="decision_findings",
    ),
    page("decisions/<uuid:decision_id>/facts/", decision.decision_facts, name="decision_facts"),
    page("seat/", seat.seat, name="seat"),
    page("seat/state/", seat.seat_state, name="seat_state"),
    page("seat/ready/", seat.seat_ready_press, name="seat_ready"),
    page("seat/pause/", seat.seat_pause_press, name="seat_pause"),
]
