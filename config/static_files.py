"""Static files as browsers fetch them: compressed once in a process, with no step before.

Pages are never compressed, here or by a proxy: each holds a CSRF token beside words that came from
the request, and its length would tell the one from the other (BREACH). Files hold no secret.
"""

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

COMPRESSOR = Compressor(quiet=True)


class CompressedStaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # it has no types
    """Serves a static file gzipped to whoever takes it so."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponseBase:
        """Answer with the file, or that it is what the browser has."""
        squeezable = COMPRESSOR.should_compress(request.path_info)
        packed = _gzipped(static_file, request) if squeezable else None
        response: HttpResponseBase = packed or WhiteNoiseMiddleware.serve(static_file, request)
        if squeezable:
            patch_vary_headers(response, ("Accept-Encoding",))
        return response


def _gzipped(file: StaticFile, request: HttpRequest) -> HttpResponse | None:
    """Return None where it is not wanted so, nor again, or lies there compressed already."""
    takes = request.method in {"GET", "HEAD"} and "gzip" in request.headers.get(
        "Accept-Encoding", ""
    )
    if not takes or "Range" in request.headers or file.is_not_modified(request.META):
        return None
    if len(file.alternatives) > 1:
        return None
    ((_, path, told),) = file.alternatives
    content = _compressed(Path(path), dict(told)["ETag"])
    more = {"Content-Encoding": "gzip", "Content-Length": str(len(content))}
    return HttpResponse(content, headers=dict(told) | more)


@lru_cache(maxsize=256)
def _compressed(path: Path, version: str) -> bytes:
    del version  # of the file: another one is compressed again
    packed: bytes = Compressor.compress_gzip(path.read_bytes())
    return packed
