"""One call from dialling to its end, as the carrier between the caller and the application sees it.

    POST the voice URL -> a document -> its verbs -> the next URL -> a document -> …

until a document runs out, hangs up or breaks, or the caller does. All of it goes through HTTP: the phone
knows of the application what a carrier knows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from uuid import uuid4

import httpx

from ivr.phone.caller import Caller
from ivr.phone.clock import Clock, ManualClock
from ivr.phone.events import Began, CarrierError, Ending, Event, Warned
from ivr.phone.leg import Leg, Over
from ivr.phone.parse import parse
from ivr.phone.twiml import Document
from ivr.phone.verbs import perform
from ivr.phone.webhook import Fetch, Webhooks

ACCOUNT = "AC00000000000000000000000000000000"
MOST_WEBHOOKS = 500


class PhoneCall:
    """A call that can be placed once, by `run`.

    - `url`: the number's voice webhook. `to` and `from_`: the numbers, `from_` as odd as callers are
      (`anonymous`, `client:ana`, empty).
    - `clock`: what time passes by; one of its own that never sleeps where none is given.
    - `zone`: in which the first event tells the time. `header`: what else it tells, such as the line.
    - `auth_token`: signs each request. Without one, none is signed.
    - `fallback_url`: "After a failed fetch or broken TwiML the fallback URL is called".
    - `status_url`: told when the call has ended.
    - `parameters`: more of them for every request, such as ForwardedFrom ("New parameters may appear").
    - `hear`: called with each event as it happens. `events` keeps them all, `ending` the last.
    - `transport`: stands in for the network, to lose, double or delay what is sent.
    - `most_webhooks`: so many documents, then the call ends with an error: no call goes round for ever.
    - `ctrl_c_hangs_up`: a KeyboardInterrupt is the caller hanging up, for a person at a terminal.
    """

    def __init__(
        self,
        url: str,
        *,
        to: str,
        from_: str,
        clock: Clock | None = None,
        zone: tzinfo = UTC,
        header: Mapping[str, str] | None = None,
        auth_token: str | None = None,
        account_sid: str = ACCOUNT,
        call_sid: str | None = None,
        fallback_url: str | None = None,
        status_url: str | None = None,
        parameters: Mapping[str, str] | None = None,
        hear: Callable[[Event], None] | None = None,
        transport: httpx.BaseTransport | None = None,
        most_webhooks: int = MOST_WEBHOOKS,
        ctrl_c_hangs_up: bool = False,
    ) -> None:
        self.url = url
        self.to = to
        self.from_ = from_
        self.clock = clock or ManualClock()
        self.sid = call_sid or f"CA{uuid4().hex}"
        self.events: list[Event] = []
        self.ending: Ending | None = None
        self._zone = zone
        self._header = tuple((header or {}).items())
        self._account_sid = account_sid
        self._fallback_url = fallback_url
        self._status_url = status_url
        self._parameters = dict(parameters or {})
        self._listener = hear
        self._webhooks = Webhooks(auth_token, transport)
        self._most_webhooks = most_webhooks
        self._ctrl_c_hangs_up = ctrl_c_hangs_up
        self._count = 0

    def run(self, caller: Caller) -> list[Event]:
        """Place the call and let `caller` answer; what was heard and done, from Began to Ending.

        Errors of the application end the call and are its Ending. Raises what the caller raises, such as
        ValueError for a script that does not fit, and RuntimeError where the call was placed before.
        """
        if self.events:
            raise RuntimeError("a call is placed once")
        began = self.clock.now()
        self._hear(Began(self._header, self.from_, self.to, began.astimezone(self._zone)))
        leg = Leg(self.sid, self.from_, caller, self.clock, self._webhooks, self._hear)
        with self._webhooks:
            ending, status = self._until_over(leg)
            for callback in leg.later:
                self._notify(callback, status)
            seconds = int((self.clock.now() - began).total_seconds())
            if self._status_url:
                # "Status callbacks: `SequenceNumber` from 0": the end is the only one that is told.
                told = {"SequenceNumber": "0", "CallDuration": str(seconds)}
                self._notify(Fetch(self._status_url, params=told), status)
        self.ending = replace(ending, seconds=seconds, webhooks=self._count)
        self._hear(self.ending)
        return self.events

    def _until_over(self, leg: Leg) -> tuple[Ending, str]:
        """Converse until the call is over: how it ended, and its last CallStatus."""
        try:
            over = self._converse(leg)
        except CarrierError as error:
            return Ending("error", error.code, error.text), "completed"
        except KeyboardInterrupt:
            if not self._ctrl_c_hangs_up:
                raise
            return Ending("caller"), "completed"
        if over.farewell:
            self._notify(over.farewell, over.status)
        return Ending(over.by), over.status

    def _converse(self, leg: Leg) -> Over:
        """Fetch documents and run them, one after the other. Raises CarrierError."""
        following: Fetch | Over = Fetch(self.url)
        while isinstance(following, Fetch):
            document = self._document(following, leg)
            callbacks, leg.later = leg.later, []
            for callback in callbacks:
                self._notify(callback, self._status(leg))
            following = perform(document, leg)
        return following

    def _document(self, fetch: Fetch, leg: Leg) -> Document:
        """The document at a URL, or at the fallback URL. Raises CarrierError where neither has one.

        "After a failed fetch or broken TwiML the fallback URL is called with `ErrorCode` and `ErrorUrl`."
        """
        try:
            return self._fetch(fetch, leg)
        except CarrierError as error:
            if not self._fallback_url or not error.code:
                raise
            self._hear(Warned(error.code, error.text))
            told = {"ErrorCode": str(error.code), "ErrorUrl": fetch.url}
            return self._fetch(Fetch(self._fallback_url, params=told), leg)

    def _fetch(self, fetch: Fetch, leg: Leg) -> Document:
        if self._count >= self._most_webhooks:
            raise CarrierError(0, f"the call goes round: {self._most_webhooks} webhooks, and no end")
        self._count += 1
        reply = self._webhooks.document(fetch, self._common(self._status(leg)))
        return parse(reply.body, reply.url)

    def _notify(self, fetch: Fetch, status: str) -> None:
        """Tell what needs no answer; where that fails, a carrier logs it and the call goes on."""
        try:
            self._webhooks.notify(fetch, self._common(status))
        except CarrierError as error:
            self._hear(Warned(error.code, error.text))

    def _common(self, status: str) -> dict[str, str]:
        """ "Every request: `CallSid AccountSid From To CallStatus ApiVersion Direction`."""
        return {
            **self._parameters,
            "CallSid": self.sid,
            "AccountSid": self._account_sid,
            "From": self.from_,
            "To": self.to,
            "CallStatus": status,
            "ApiVersion": "2010-04-01",
            "Direction": "inbound",
        }

    def _status(self, leg: Leg) -> str:
        return "in-progress" if leg.answered else "ringing"

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        if self._listener:
            self._listener(event)
