"""The same menus, written as the carrier's documentation shows it: what one would write without this project.

Flask; the documentation's decorator around RequestValidator; the call's state as JSON, by GET and SET; documents
from VoiceResponse and Gather objects. It keeps no record of what happened, gives no saved reply, and two webhooks
at once may both win: it does less than the service, so the ratio flatters it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import redis
import yaml
from flask import Flask, Response, abort, request, url_for
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

WELCOME_BACK = "Sorry, I did not understand that."


def validate_twilio_request(view: Callable[..., Response]) -> Callable[..., Response]:
    """Lets only requests in that the carrier signed; the decorator of its documentation."""

    @wraps(view)
    def decorated(*args: object, **kwargs: object) -> Response:
        validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
        signature = request.headers.get("X-Twilio-Signature", "")
        if not validator.validate(request.url, request.form, signature):
            abort(403)
        return view(*args, **kwargs)

    return decorated


def create_app() -> Flask:
    """The application; BENCH_LINE is the path of the menu file."""
    app = Flask("bench.by_the_book")
    store = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    flow = yaml.safe_load(Path(os.environ["BENCH_LINE"]).read_text("utf-8"))
    steps = {name: options(step["menu"]) for name, step in flow["steps"].items()}

    @app.post("/key")
    @validate_twilio_request
    def key() -> Response:
        sid = request.form["CallSid"]
        saved = store.get(f"call:{sid}")
        if saved is None:
            abort(404)
        call: dict[str, Any] = json.loads(saved)
        digit = request.form.get("Digits", "")
        option = steps[call["place"]].get(digit)
        response = VoiceResponse()
        if option is None:
            call["tries"] += 1
            response.say(WELCOME_BACK, language="en-US")
        else:
            call["place"], call["tries"] = option[0], 0
            call["trail"] = [*call["trail"], call["place"]][-10:]
        call["turn"] += 1
        store.set(f"call:{sid}", json.dumps(call), ex=6 * 3600)
        action = url_for("key", _external=True)
        gather = Gather(action=action, method="POST", input="dtmf", num_digits=1, timeout=5, finish_on_key="")
        for digit, (_, words) in steps[call["place"]].items():
            gather.say(f"{words}, press {digit}.", language="en-US")
        response.append(gather)
        response.redirect(action, method="POST")
        return Response(str(response), mimetype="text/xml")

    return app


def options(menu: dict[str, str]) -> dict[str, tuple[str, str]]:
    """A menu's options: key -> where it leads, and its words."""
    found = {}
    for head, words in menu.items():
        digit, _, to = head.partition(" -> ")
        found[digit] = (to, words)
    return found
