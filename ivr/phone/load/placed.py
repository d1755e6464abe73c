"""One call of a load: from its first webhook, through the documents, to its status callback."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin
from uuid import uuid4

from ivr.phone.acts import HangUp
from ivr.phone.caller import Script
from ivr.phone.events import CarrierError
from ivr.phone.load.conversation import End, Next, follow, queued
from ivr.phone.load.plan import Mixed, Plan
from ivr.phone.load.tally import Tally
from ivr.phone.load.wire import Reply, WebhookError, Wire
from ivr.phone.parse import parse
from ivr.phone.signature import sign
from ivr.phone.twiml import Document, Enqueue, Method, NotRun

REDIRECTS = 10
""" "At most 10 HTTP redirects"."""

HOLD = 5.0
"""Seconds until a wait document is asked for again: the one time that takes its time, as hold music does."""

PLACES = {
    f"{side}{name}": value
    for side in ("From", "To", "Caller", "Called")
    for name, value in {"City": "SAN FRANCISCO", "State": "CA", "Zip": "94105", "Country": "US"}.items()
}
""" "Sometimes `FromCity/State/Zip/Country`, `To…`, and `Caller*/Called*` duplicates": what a carrier sends in full."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the calls of a load share. `hanging_up` is set when all callers shall put the phone down."""

    plan: Plan
    wire: Wire
    tally: Tally
    hanging_up: asyncio.Event


class PlacedCall:
    """A call that is placed once, by `run`."""

    def __init__(self, load: Load, caller: str, script: Mixed) -> None:
        self.sid = f"CA{uuid4().hex}"
        self._load = load
        self._script = script
        self._caller = Script(script.acts)
        self._cookies: dict[str, str] = {}
        self._answered = False
        self._cut = False  # by the tool, before the script was over
        self._queue: Enqueue | None = None  # in which the caller waits
        self._since = 0.0
        self._url = load.plan.url  # what was asked for last
        self._now = asyncio.get_running_loop().time
        self._common = {
            **PLACES,
            "CallSid": self.sid,
            "AccountSid": load.plan.account_sid,
            "From": caller,
            "Caller": caller,
            "To": load.plan.to,
            "Called": load.plan.to,
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
        }
        self._encoded = urlencode(self._common)  # once a call, since it is most of every form

    async def run(self, due: float) -> None:
        """Place the call, which was due at this moment of the loop's clock, and count what became of it."""
        tally, began = self._load.tally, self._now()
        tally.begins(self._script.name, began - due)
        failures: list[tuple[WebhookError, str]] = []
        status = "completed"
        try:
            try:
                status = await self._converse(due)
            except WebhookError as failed:
                failures.append((failed, self._url))
            try:
                await self._tell_the_end(status, self._now() - began)
            except WebhookError as failed:
                failures.append((failed, self._url))
        except asyncio.CancelledError:
            tally.cut += 1
            raise
        finally:
            tally.open -= 1
        if failures:
            first, url = failures[0]
            tally.fails(first.cause, self.sid, url, first.text)
        elif self._cut:
            tally.cut += 1
        else:
            tally.finished += 1

    async def _converse(self, due: float) -> str:
        """Lead the call to its end: its last CallStatus. Raises WebhookError."""
        following: Next | End = Next(self._load.plan.url)
        webhooks = 0
        while isinstance(following, Next):
            webhooks += 1
            if webhooks > self._load.plan.most_webhooks:
                raise WebhookError("went round", f"{webhooks - 1} webhooks, and no end")
            reply = await self._ask(following, "in-progress" if self._answered else "ringing", due)
            following = self._follow(_document(reply, self._url))
            due = self._now()
            if isinstance(following, Next) and (pause := self._pause(following)):
                due += pause
                await self._wait(due)
        if following.farewell:
            _heeded(await self._ask(following.farewell, following.status, due))
        return following.status

    def _pause(self, following: Next) -> float:
        """Seconds until the next webhook is due."""
        match following.after:
            case "act":
                return self._load.plan.think
            case "hold":
                return max(0.0, min(HOLD, self._since + self._load.plan.patience - self._now()))
            case _:
                return 0.0

    def _follow(self, document: Document) -> Next | End:
        if self._load.hanging_up.is_set():
            self._cut = True
            self._caller = Script([HangUp(early=True)])
        try:
            following = follow(document, self._caller, answered=self._answered)
        except ValueError as error:
            raise WebhookError("script", str(error)) from None
        self._answered = True
        patience = 0.0 if self._cut else self._load.plan.patience
        if isinstance(following, Enqueue):
            self._queue, self._since = following, self._now()
            return queued(following, None, 0.0, patience)
        queue = self._queue
        if queue is None:
            return following
        if isinstance(following, End) and following.by == "leave":
            self._queue = None
        return queued(queue, following, self._now() - self._since, patience)

    async def _wait(self, until: float) -> None:
        """Wait until then, or until all callers hang up."""
        try:
            async with asyncio.timeout_at(until):
                await self._load.hanging_up.wait()
        except TimeoutError:
            pass

    async def _tell_the_end(self, status: str, seconds: float) -> None:
        """ "Status callbacks: `SequenceNumber` from 0": the end is the only one that is told. Raises WebhookError."""
        told = {"SequenceNumber": "0", "CallDuration": str(int(seconds)), "CallbackSource": "call-progress-events"}
        _heeded(await self._ask(Next(self._load.plan.status, params=told), status, self._now()))

    async def _ask(self, what: Next, status: str, due: float) -> Reply:
        """The 2xx answer to one webhook, at the end of all redirects; its latency is counted. Raises WebhookError."""
        tally = self._load.tally
        tally.sent += 1
        try:
            reply = await self._redirected(what, status)
        except WebhookError as failed:
            if failed.answered:
                tally.answers(self._now(), due)
            raise
        tally.answers(self._now(), due)
        return reply

    async def _redirected(self, what: Next, status: str) -> Reply:
        """ "After a 3xx on a Gather action, `Digits` is not sent again": the common parameters are, by GET mostly."""
        url, method, params = what.url, what.method, {"CallStatus": status, **what.params}
        for _ in range(REDIRECTS + 1):
            self._url = url
            reply = await self._send(method, url, params)
            if 200 <= reply.status < 300:
                return reply
            if reply.status not in (301, 302, 303, 307, 308):
                raise WebhookError(f"HTTP {reply.status}", _excerpt(reply.body), answered=True)
            url, params = urljoin(url, reply.location), {"CallStatus": status}
            method = method if reply.status in (307, 308) else "GET"
        raise WebhookError("error 11215", "HTTP too many redirects", answered=True)

    async def _send(self, method: Method, url: str, params: Mapping[str, str]) -> Reply:
        plan = self._load.plan
        body = f"{self._encoded}&{urlencode(params)}"
        if method == "GET":
            url, body = f"{url}{'&' if '?' in url else '?'}{body}", ""
        address, public = plan.called(url), plan.signed(url)
        if not plan.allows(address):
            raise WebhookError("another machine", "the document leads there, and --anywhere was not given")
        headers = {"I-Twilio-Idempotency-Token": str(uuid4())}
        if plan.token is not None:
            headers["X-Twilio-Signature"] = sign(plan.token, public, {**self._common, **params} if body else {})
        reply = await self._load.wire.send(method, address, body, headers, self._cookies)
        if reply.cookies:  # "Cookies are kept for the call."
            self._cookies |= reply.cookies
        return reply


def _document(reply: Reply, url: str) -> Document:
    """The document of an answer. Raises WebhookError, with the carrier's code, where a carrier could not run it."""
    _heeded(reply)
    if reply.content_type not in ("text/xml", "application/xml", "text/html"):
        raise WebhookError("error 12300", f"Invalid Content-Type {reply.content_type or '(none)'}")
    try:
        document = parse(reply.body, url)
    except CarrierError as error:
        raise WebhookError(f"error {error.code}", error.text) from None
    for verb in document.verbs:
        if isinstance(verb, NotRun) and verb.takes_over:
            raise WebhookError("not run", f"{verb.name} is not run by this tool")
    return document


def _heeded(reply: Reply) -> None:
    """ "an empty body 11770 (answer status callbacks with `<Response/>` or 204)". Raises WebhookError."""
    if reply.status != 204 and not reply.body.strip():
        raise WebhookError("error 11770", "Empty response body")


def _excerpt(body: bytes) -> str:
    return " ".join(body[:200].decode(errors="replace").split())
