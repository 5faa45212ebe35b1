"""The agent's desk."""

from django.urls import URLPattern

from console.access import page
from console.views import seat

urlpatterns: list[URLPattern] = [
    page("seat/", seat.seat, name="seat"),
    page("seat/state/", seat.seat_state, name="seat_state"),
    page("seat/ready/", seat.seat_ready_press, name="seat_ready"),
    page("seat/pause/", seat.seat_pause_press, name="seat_pause"),
]
