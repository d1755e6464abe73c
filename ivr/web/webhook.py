"""The frame around what carriers call: who may come in, what comes back whatever raises, and what operators see.

Here is the one `except` of the service. Whatever raises behind it, the caller hears an apology and is handed on;
a carrier never gets an error page. All that a request has is read once, here.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Request, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ivr.carrier import forms
from ivr.carrier.urls import base_url, place_in
from ivr.switchboard.apology import last_words
from ivr.switchboard.wiring import Parts
from ivr.web.door import parts
from ivr.web.gate import LARGEST_FORM, let_in
from ivr.web.replies import document, not_here, plain
from ivr.web.watch import Answered, note

log = logging.getLogger("ivr.voice")


@dataclass(frozen=True, slots=True)
class Webhook:
    """A carrier's request."""

    caller: forms.Caller
    form: Mapping[str, str]  # of a name that repeats, the first value
    base: str  # what the URLs in its answer begin with
    place: str  # the token in its URL; empty where it has none
    parts: Parts


View = Callable[..., Answered]


def webhook(view: View) -> Callable[..., Response]:
    """A view of a webhook: called with the Webhook and the parts of its address, where a carrier sent the request."""
    route = view.__name__

    @wraps(view)
    def answering(**address: Any) -> Response:
        began = time.perf_counter()
        answered = _answered(view, address)
        note(route, answered, time.perf_counter() - began)
        return answered.response

    return answering


def refusal(message: str) -> Answered:
    """400, with a plain message."""
    return Answered(plain(message, 400))


def _answered(view: View, address: Mapping[str, Any]) -> Answered:
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # the proxy looks each time
    try:
        if asked.content_length is None:
            return refusal("this request does not say how long it is")  # a limit on its size would only cut it
        here = parts()
        pairs = let_in(asked, here.settings)
        if pairs is None:
            return Answered(plain("forbidden", 403))  # "a wrong signature is 403 with nothing revealed"
        form = dict(reversed(pairs))
        public_url = here.settings.public_url
        base = base_url(public_url, asked.scheme, "" if public_url else asked.host)
        place = place_in(asked.environ.get("QUERY_STRING", ""))
        return view(Webhook(forms.caller(form), form, base, place, here), **address)
    except forms.BadForm as error:
        return refusal(str(error))
    except RequestEntityTooLarge:
        return refusal(f"this form has more than {LARGEST_FORM} bytes")
    except HTTPException as error:
        return Answered(not_here(error))
    except Exception as error:
        complain(error)
        return Answered(document(last_words(None, "", None, asked.host_url.rstrip("/"))), "apologised")


def complain(error: Exception) -> None:
    """Logs what raised and where, without the error's message: it could hold what a caller entered."""
    where = "".join(traceback.format_tb(error.__traceback__)[-4:])
    log.error("%s while answering a webhook\n%s", type(error).__name__, where)
