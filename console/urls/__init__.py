"""The URLs of the console, a part for each group of people; every one goes through the matrix."""

from console.urls import (
    administration,
    audit,
    call_centre,
    desk,
    frame,
    officer,
    public,
    rulebook,
)

app_name = "console"
urlpatterns = [
    *frame.urlpatterns,
    *call_centre.urlpatterns,
    *desk.urlpatterns,
    *officer.urlpatterns,
    *rulebook.urlpatterns,
    *audit.urlpatterns,
    *administration.urlpatterns,
    *public.urlpatterns,
]
