"""How one operation is told in the OpenAPI document: from its Query, Input and Output classes."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from compliance.api.idempotency import HEADER
from compliance.api.openapi import ERRORS
from compliance.api.scopes import SCOPES


class OperationSchema(AutoSchema):
    """Reads what our operations say of themselves."""

    view: Any

    def is_excluded(self) -> bool:
        """Leave out the document itself."""
        return not getattr(self.view, "documented", True)

    def get_operation_id(self) -> str:
        """Name it as the audit trail does."""
        return str(self.view.name)

    def get_tags(self) -> list[str]:
        """Group by the scope's first word."""
        return [self.view.scope.partition(":")[0]]

    def get_summary(self) -> str:
        """Say what it is, in both languages."""
        english = (type(self.view).__doc__ or "").splitlines()[0]
        return f"{self.view.zh}。{english}"

    def get_description(self) -> str:  # type: ignore[override]  # drf-spectacular has its own
        """Say who may do it, with which scope."""
        use = SCOPES[self.view.scope]
        roles = ", ".join(sorted(self.view.roles))
        return f"{use.zh} / {use.en}。scope `{self.view.scope}`；roles: {roles}"

    def get_auth(self) -> list[dict[str, list[str]]]:
        """By token; a log-in in the console serves the console's own pages."""
        return [{"token": []}]

    def get_override_parameters(self) -> list[Any]:
        """Return what is asked for in the query, and the header of requests that change things."""
        query = getattr(self.view, "Query", None)
        found: list[Any] = [query] if query and self.method == "GET" else []
        if self.method == "GET" and not found and hasattr(self.view, "Input"):
            found = [self.view.Input]
        if self.method == "POST":
            found.append(OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=False))
        return found

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """Name a part of an operation after it: `DialRequestsInput`."""
        del direction
        return str(type(serializer).__qualname__).replace(".", "")

    def get_request_serializer(self) -> Any:
        """Return what the body holds."""
        return getattr(self.view, "Input", None) if self.method == "POST" else None

    def get_response_serializers(self) -> Any:
        """Return what it answers: the record, a page of them, or a problem."""
        output: Any = getattr(self.view, "Output", None)
        good = self._page(output) if getattr(self.view, "is_list", False) else output
        answers: dict[Any, Any] = {
            (str(status.value), "application/problem+json"): OpenApiResponse(
                response={"$ref": "#/components/schemas/Problem"}, description=words
            )
            for status, words in ERRORS.items()
        }
        anything = OpenApiResponse(response={"type": "object"}, description="OK")
        for status in (HTTPStatus.OK, HTTPStatus.CREATED)[: 1 if self.method == "GET" else 2]:
            answers[str(status.value), "application/json"] = good or anything
        return answers

    def _page(
        self, output: type[serializers.Serializer[Any]]
    ) -> type[serializers.Serializer[Any]]:
        name = f"{output.__name__}Page"
        return type(
            name,
            (serializers.Serializer,),
            {
                "__doc__": "One page; `next` is null on the last.",
                "items": output(many=True),
                "next": serializers.CharField(allow_null=True),
            },
        )
