"""The agent's desk."""

from django.urls import URLPattern

from console.access import page
from console.views.desk import call, presses
from console.views.desk import page as desk

urlpatterns: list[URLPattern] = [
    page("seat/", desk.seat, name="seat"),
    page("seat/state/", desk.seat_state, name="seat_state"),
    page("seat/ready/", presses.seat_ready_press, name="seat_ready"),
    page("seat/preview/", presses.seat_preview_press, name="seat_preview"),
    page("seat/pause/", presses.seat_pause_press, name="seat_pause"),
    page("seat/call/", call.seat_preview_call, name="seat_preview_call"),
    page("seat/put-back/", call.seat_put_back, name="seat_put_back"),
    page("seat/refused/", call.seat_refused, name="seat_refused"),
    page("seat/hang-up/", call.seat_hang_up, name="seat_hang_up"),
    page("seat/hold/", call.seat_hold, name="seat_hold"),
    page("seat/resume/", call.seat_resume, name="seat_resume"),
    page("seat/wrap-up/", call.seat_wrap_up, name="seat_wrap_up"),
]
