"""The floor: what the webhook of a key press costs before anything is decided.

A bare Flask view that checks the signature as the service does, reads the call from Redis (one HMGET) and writes it
in one Lua script (compared and set, with one entry in the log), in bytes of the same sizes, by redis-py's client, and
answers with a constant document of the same size. It reads nothing of what was pressed, and keeps no log and no
figures of its own.
"""

from __future__ import annotations

import os

from flask import Flask, Response, abort, request

from ivr.carrier import signature
from ivr.carrier.profile import TWILIO
from ivr.store.calls import call_key, log_key, partition
from ivr.store.client import connect

WRITE = """
if redis.call('HGET', KEYS[1], 'seq') ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[2], '*', 'sid', ARGV[2], 'record', ARGV[7])
redis.call('HSET', KEYS[1], 'seq', ARGV[3], 'turn', ARGV[4], 'state', ARGV[5], 'reply', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[8])
return 1
"""


def create_app() -> Flask:
    """The application; BENCH_STATE and BENCH_RECORD are what it writes, with as many bytes as BENCH_REPLY says, and
    BENCH_DOCUMENT is what it answers."""
    app = Flask("bench.floor", static_folder=None)
    redis = connect(os.environ["REDIS_URL"])
    write = redis.register_script(WRITE)
    tokens, base = (os.environ["TWILIO_AUTH_TOKEN"],), os.environ["PUBLIC_URL"]
    state, record = os.environ["BENCH_STATE"].encode(), os.environ["BENCH_RECORD"].encode()
    document, reply = os.environ["BENCH_DOCUMENT"], b"x" * int(os.environ["BENCH_REPLY"])

    @app.post("/voice/<sid>/<int:turn>")
    def act(sid: str, turn: int) -> Response:
        url = f"{base}{request.path}?{request.query_string.decode('latin-1')}"
        form = list(request.form.items(multi=True))
        if not signature.check(TWILIO, tokens, (url,), request.headers, form):
            abort(403)
        key, number = call_key(sid), partition(sid)
        seq, *_ = redis.hmget(key, ("seq", "turn", "state", "reply"))
        args = [seq, sid, int(seq) + 1, turn + 1, state, reply, record, 6 * 3600]
        if not write(keys=[key, log_key(number)], args=args):
            abort(409)
        return Response(document, mimetype="text/xml")

    return app
