"""The first day: nobody is on record but the person who looks."""

from compliance.models import User
from tests.console.conftest import LogIn


class TestLivePage:
    def test_has_words_for_an_empty_house(self, db: None, log_in: LogIn) -> None:
        User.objects.create(username="first", role=User.Role.SUPERVISOR)

        response = log_in("first").get("/live/")

        assert response.status_code == 200
        assert "还没有外呼对象" in response.content.decode()
