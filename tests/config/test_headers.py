"""The security headers of every page."""

from django.http import HttpRequest, HttpResponse

from config.headers import SecurityHeaders


class TestSecurityHeaders:
    def test_allow_nothing_from_elsewhere(self) -> None:
        response = SecurityHeaders(lambda _: HttpResponse()).process_response(
            HttpRequest(), HttpResponse("page")
        )

        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"

    def test_leave_what_a_view_has_set(self) -> None:
        page = HttpResponse("events", headers={"Cache-Control": "no-cache"})

        response = SecurityHeaders(lambda _: page).process_response(HttpRequest(), page)

        assert response.headers["Cache-Control"] == "no-cache"
