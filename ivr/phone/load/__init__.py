"""Load: many scripted calls at once to a service that runs, placed as a carrier places them, and what it took.

    figures = asyncio.run(place(Plan("http://127.0.0.1:8000/voice", to="+15005550006", rate=10, seconds=60)))

It is an *open* loop: call number n is due n/rate seconds after the start, whatever became of those before it, since
callers do not wait for one another. So a service that falls behind is measured as callers would feel it: a latency
counts from the moment when the webhook was due, not from when there was room to send it (what the literature calls
coordinated omission is left out).

Words take no time here: a key is pressed as soon as the document is there, or `think` seconds later. So a call is
shorter than a real one, and the same number of webhooks comes from fewer open calls.

How the room is laid out: `plan` says what to place, `conversation` decides where a document leads (pure), `wire`
speaks HTTP, `placed` leads one call from its first webhook to its status callback, `schedule` begins calls in time,
`latency` and `tally` count, `report` says it as text and as JSON.
"""

from ivr.phone.load.plan import ACCOUNT, FROM, Mixed, Plan, PlanError, read_mixed
from ivr.phone.load.report import as_json, as_text
from ivr.phone.load.schedule import place
from ivr.phone.load.tally import Tally

__all__ = ["ACCOUNT", "FROM", "Mixed", "Plan", "PlanError", "Tally", "as_json", "as_text", "place", "read_mixed"]
