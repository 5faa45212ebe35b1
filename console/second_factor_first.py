"""A session whose second factor was not shown is nobody's, to everything but the console's pages.

Those send their reader to show it (console.access); the API sees nobody logged in.
"""

from collections.abc import Callable, Mapping

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from console.second_factor import is_verified


class SecondFactorFirst(MiddlewareMixin):
    """Take the person from a request that is not for a page of the console."""

    def process_view(
        self,
        request: HttpRequest,
        _view: Callable[..., object],
        _args: tuple[object, ...],
        _kwargs: Mapping[str, object],
    ) -> None:
        """Look before any view runs."""
        match = request.resolver_match
        elsewhere = match is None or match.namespace != "console"
        if elsewhere and request.user.is_authenticated and not is_verified(request):
            request.user = AnonymousUser()
