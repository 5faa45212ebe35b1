"""Logging in and out, the language, and each role's first page."""

from django.urls import URLPattern
from django.views.i18n import set_language

from console.access import page
from console.views import home, log_in
from console.views.frame import approvals, factor, jobs, password, sessions

urlpatterns: list[URLPattern] = [
    page("", home.home, name="home"),
    page("login/", log_in.LogIn.as_view(), name="log_in"),
    page("login/demo/", log_in.demo_log_in, name="demo_log_in"),
    page("logout/", log_in.log_out, name="log_out"),
    page("language/", set_language, name="language"),
    page("second-factor/", factor.factor, name="factor"),
    page("password/", password.password, name="password"),
    page("second-factors/", factor.factors, name="factors"),
    page("second-factors/<int:user_id>/reset/", factor.factor_reset, name="factor_reset"),
    page("sessions/", sessions.sessions, name="sessions"),
    page("sessions/<int:log_in_id>/end/", sessions.session_end, name="session_end"),
    page("approvals/", approvals.approvals, name="approvals"),
    page("approvals/<int:approval_id>/", approvals.approval, name="approval"),
    page("approvals/<int:approval_id>/decide/", approvals.approval_decide, name="approval_decide"),
    page(
        "approvals/<int:approval_id>/withdraw/",
        approvals.approval_withdraw,
        name="approval_withdraw",
    ),
    page("approvals/<int:approval_id>/again/", approvals.approval_again, name="approval_again"),
    page("jobs/", jobs.jobs, name="jobs"),
    page("jobs/trail-check/", jobs.trail_check, name="trail_check"),
    page("jobs/<uuid:job_id>/", jobs.job, name="job"),
    page("jobs/<uuid:job_id>/state/", jobs.job_state, name="job_state"),
    page("jobs/<uuid:job_id>/again/", jobs.job_again, name="job_again"),
]
