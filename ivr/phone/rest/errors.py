"""Answers that refuse, as the real API shapes them."""

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException


class ApiError(Exception):
    """An answer that refuses: `code` as in Twilio's error dictionary."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def refused(error: ApiError) -> tuple[Response, int]:
    """An error as the real API shapes it."""
    more = f"https://www.twilio.com/docs/errors/{error.code}"
    body = {"code": error.code, "message": error.message, "more_info": more, "status": error.status}
    return jsonify(body), error.status


def of_http(error: HTTPException) -> ApiError:
    """The API's error for what no route takes."""
    status = error.code or 500
    codes = {404: 20404, 405: 20004}
    return ApiError(status, codes.get(status, 20000 + status), f"{request.path}: {error.name}")
