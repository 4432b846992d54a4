"""Refusals of the API, with the bodies that the reference documents.

:source: section 10.2.
"""

from typing import Any

from .dialect import Dialect


class ApiError(Exception):
    """A refusal that becomes an error body.

    :param title: Zoho's word, for example ``INVALID_OAUTHTOKEN``.
    :param status: HTTP status.
    :param details: list of ``{"message", "field_name"}``, or one such object.
    """

    def __init__(
        self,
        title: str,
        status: int = 400,
        details: list[dict[str, str]] | None = None,
        error_type: str = "OPERATIONAL_VALIDATION_ERROR",
        headers: dict[str, str] | None = None,
        details_form: str = "",
    ) -> None:
        super().__init__(title)
        self.title = title
        self.status = status
        self.details = details or []
        self.error_type = error_type
        self.headers = headers or {}
        self.details_form = details_form

    def body(self, dialect: Dialect, method: str, path: str) -> dict[str, Any]:
        """Return the JSON body in the form of the dialect."""
        told = self.status if dialect.error_status == "number" else str(self.status)
        error: dict[str, Any] = {
            "status_code": told,
            "method": method,
            "instance": path,
            "title": self.title,
            "error_type": self.error_type,
        }
        form = self.details_form or dialect.error_details
        if self.details and form != "absent":
            error["details"] = self.details[0] if form == "object" else self.details
        return {"error": error}


class ConnectionFault(Exception):
    """The connection breaks: no answer at all reaches the caller."""


class TimeoutFault(ConnectionFault):
    """The answer does not come in time."""


def missing_param(name: str) -> ApiError:
    """Return the refusal of a call without a mandatory parameter."""
    return ApiError(
        "LESS_THAN_MIN_OCCURANCE",
        details=[{"message": "Parameter missing", "field_name": name}],
        error_type="FIELDS_VALIDATION_ERROR",
    )


def bad_value(name: str, title: str = "PATTERN_NOT_MATCHED") -> ApiError:
    """Return the refusal of a value."""
    return ApiError(
        title,
        details=[{"message": "Invalid value", "field_name": name}],
        error_type="FIELDS_VALIDATION_ERROR",
    )


def extra_param(name: str) -> ApiError:
    """Return the refusal of an unknown parameter."""
    return ApiError(
        "EXTRA_PARAM_FOUND",
        details=[{"message": "Extra parameter found", "field_name": name}],
        error_type="FIELDS_VALIDATION_ERROR",
    )


def not_found(dialect: Dialect) -> ApiError:
    """Return the refusal of a record that is gone or not visible."""
    return ApiError(
        dialect.missing_title,
        dialect.missing_status,
        [{"message": "The resource does not exist"}],
    )


def no_rule() -> ApiError:
    """Return the refusal of a path that the API does not know."""
    return ApiError("URL_RULE_NOT_CONFIGURED", 400)


def module_disabled(module: str) -> ApiError:
    """Return the refusal of a module that is switched off."""
    return ApiError("FORBIDDEN", 403, [{"message": f"Enable the {module} module"}])
