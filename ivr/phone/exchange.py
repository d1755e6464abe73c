"""The carrier itself: whose number leads where, whose phone rings, and the calls, queues, recordings and messages."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from uuid import uuid4

import httpx

from ivr.phone.acts import Dialed
from ivr.phone.caller import Called, Callee, Caller, Live
from ivr.phone.clock import Clock, ManualClock
from ivr.phone.converse import created, dialed, inbound
from ivr.phone.enqueue import Queue
from ivr.phone.events import CarrierError, Event
from ivr.phone.faults import Faults
from ivr.phone.kept import Line, Recorded, Sent
from ivr.phone.leg import Leg
from ivr.phone.loop import Loop, Task, Waits
from ivr.phone.twiml import Document, Noun, Told
from ivr.phone.webhook import Fetch, Webhooks

ACCOUNT = "AC00000000000000000000000000000000"
MOST_WEBHOOKS = 500
MOST_KEPT = 10_000
NOWHERE = "https://recordings.invalid"
"""Where recordings are said to be without a REST server: a host that can never exist."""


Phone = Caller | Callable[[], Caller]
"""A device, or what makes one for each call."""


class Exchange:
    """A carrier. A context: what is still going on when it ends is dropped.

    - `clock`: a manual one (its own where none is given), by which `run` jumps from event to event; or the real
      one, by which `start` runs in a thread. `auth_token` signs each request; without one, none is signed.
    - `transport` stands in for the network. `faults`: what goes wrong (see `Faults`).
    - `most_webhooks`: so many documents, then a call ends with an error: none goes round for ever.
    - `calls_a_second`: "REST-created calls: one a second an account by default"; None is no limit.
    - `legs`: by sid; when there are more than `most_kept`, those that are over are forgotten, the oldest first.
    - `log`: errors that no call was there to be told of.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        auth_token: str | None = None,
        account_sid: str = ACCOUNT,
        transport: httpx.BaseTransport | None = None,
        faults: Faults | None = None,
        most_webhooks: int = MOST_WEBHOOKS,
        calls_a_second: float | None = None,
        most_kept: int = MOST_KEPT,
    ) -> None:
        self.clock = clock or ManualClock()
        self.auth_token = auth_token
        self.account_sid = account_sid
        self.transport = transport
        self.faults = faults or Faults()
        self.most_webhooks = most_webhooks
        self.calls_a_second = calls_a_second
        self.most_kept = most_kept
        self.rest_url = NOWHERE
        self.loop = Loop(self.clock)
        self.webhooks = Webhooks(auth_token, transport)
        self.lines: dict[str, Line] = {}
        self.legs: dict[str, Leg] = {}
        self.queues: dict[str, Queue] = {}
        self.recordings: dict[str, Recorded] = {}
        self.messages: list[Sent] = []
        self.log: list[CarrierError] = []
        self._parties: dict[str, Phone] = {}
        self._anyone: Callable[[str], Caller | None] | None = None
        self._next_created = self.clock.now()

    def __enter__(self) -> "Exchange":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Who is there

    def line(
        self, number: str, voice_url: str, *, fallback_url: str | None = None, status_url: str | None = None
    ) -> Line:
        """Give the application a number, or change where one leads."""
        sid = f"PN{uuid4().hex}" if number not in self.lines else self.lines[number].sid
        self.lines[number] = Line(number, voice_url, fallback_url, status_url, sid)
        return self.lines[number]

    def party(self, address: str, phone: Phone) -> None:
        """Whose phone rings at a number, `client:…` or `sip:…`: a device, or what makes one for each call."""
        self._parties[address] = phone

    def anyone(self, phone: Callable[[str], Caller | None]) -> None:
        """Whose phone rings at an address that is no party's; None: nobody's."""
        self._anyone = phone

    # Calls

    def call(
        self,
        to: str,
        from_: str,
        caller: Caller,
        *,
        at: datetime | None = None,
        url: str | None = None,
        fallback_url: str | None = None,
        status_url: str | None = None,
        sid: str | None = None,
        parameters: Mapping[str, str] | None = None,
        headers: Callable[[], Mapping[str, str]] | None = None,
        header: Mapping[str, str] | None = None,
        zone: tzinfo = UTC,
        hear: Callable[[Event], None] | None = None,
        faults: Faults | None = None,
        most_webhooks: int | None = None,
        ctrl_c_hangs_up: bool = False,
    ) -> Leg:
        """Place a call to one of the lines (or to `url`), now or at a moment. For any thread.

        It happens while the exchange runs. `parameters` go with every request, as do HTTP's `headers`, also on the
        legs that the call dials; `header` and `zone` into the first event, `hear` gets each event. Raises KeyError
        for a number that is no line's, where no `url` is given.
        """
        line = self.lines[to] if url is None else Line(to, url, fallback_url, status_url)
        leg = Leg(
            self,
            sid=sid or f"CA{uuid4().hex}",
            from_=from_,
            to=to,
            device=caller,
            fallback_url=line.fallback_url,
            fallback_method=line.fallback_method,
            told=Told(line.status_url, line.status_method, frozenset({"completed"})) if line.status_url else None,
            parameters=parameters,
            headers=headers,
            listener=hear,
            faults=faults,
            most_webhooks=most_webhooks or self.most_webhooks,
            ctrl_c_hangs_up=ctrl_c_hangs_up,
        )
        delay = max((at - self.clock.now()).total_seconds(), 0.0) if at is not None else 0.0
        first = Fetch(line.voice_url, line.voice_method)
        self._start(leg, inbound(leg, first, tuple((header or {}).items()), zone), delay)
        return leg

    def create(
        self,
        to: str,
        from_: str,
        first: Fetch | Document,
        *,
        seconds: float = 60,
        fallback_url: str | None = None,
        told: Told | None = None,
    ) -> Leg:
        """Call a party for the application, as its REST call asks. For any thread."""
        leg = Leg(
            self,
            sid=f"CA{uuid4().hex}",
            from_=from_,
            to=to,
            device=self._device(to, None),
            direction="outbound-api",
            fallback_url=fallback_url,
            told=told,
            most_webhooks=self.most_webhooks,
        )
        now = self.clock.now()
        begins = max(self._next_created, now)
        if self.calls_a_second:
            self._next_created = begins + timedelta(seconds=1 / self.calls_a_second)
        self._start(leg, created(leg, first, seconds), (begins - now).total_seconds())
        return leg

    def dial_out(self, noun: Noun, leg: Leg, shown: str, act: Dialed | None, seconds: float) -> Leg:
        """The other leg of a Dial, ringing; `act` says how it is taken where nobody is registered there."""
        other = Leg(
            self,
            sid=f"CA{uuid4().hex}",
            from_=shown,
            to=noun.address,
            device=self._device(noun.address, act),
            direction="outbound-dial",
            told=noun.told,
            parent=leg,
            faults=leg.faults,
            most_webhooks=self.most_webhooks,
        )
        self._start(other, dialed(other, noun, seconds))
        return other

    def _device(self, address: str, act: Dialed | None) -> Caller:
        phone = self._parties.get(address)
        if phone is None:
            device = self._anyone(address) if self._anyone else None
        else:
            device = phone() if callable(phone) else phone
        if isinstance(device, Live) and device.leg is not None and device.leg.ending is None:
            return Callee(Dialed("busy"))
        return device or Callee(act or Dialed("no-answer"))

    def _start(self, leg: Leg, life: Waits, delay: float = 0) -> None:
        self.legs[leg.sid] = leg
        over = [one.sid for one in list(self.legs.values()) if one.ending] if len(self.legs) > self.most_kept else []
        for sid in over[: len(self.legs) - self.most_kept]:
            self.legs.pop(sid, None)
        if leg.direction != "inbound":
            leg.taken = leg.device.ring() if isinstance(leg.device, Called) else Dialed()
        if delay:
            self.loop.after(delay, lambda: leg.begin(life))
        else:
            leg.begin(life)

    # What there is

    def queue(self, name: str) -> Queue:
        """The queue of this name, "made on demand"."""
        return self.queues.setdefault(name, Queue(name))

    def keep(self, leg: Leg, seconds: int) -> Recorded:
        """Keep a recording of so many seconds."""
        sid = f"RE{uuid4().hex}"
        url = f"{self.rest_url}/2010-04-01/Accounts/{self.account_sid}/Recordings/{sid}"
        self.recordings[sid] = Recorded(sid, leg.sid, seconds, self.clock.now(), url)
        return self.recordings[sid]

    def send(self, *, to: str, from_: str, body: str) -> str:
        """Send a text message; its sid. It goes nowhere but into `messages`."""
        message = Sent(f"SM{uuid4().hex}", to, from_, body, self.clock.now())
        self.messages.append(message)
        return message.sid

    # Time

    def run(self, until: datetime | None = None) -> None:
        """Let calls happen until all are over and all is told, or until a moment. Raises what a caller raises."""
        self.loop.run(until)

    def start(self) -> None:
        """Let calls happen in a thread of its own, until `close`."""
        self.loop.start()

    def close(self) -> None:
        """Stop, and drop what is going on."""
        self.loop.close()
        self.webhooks.close()
        for leg in self.legs.values():
            leg.webhooks.close()

    def every(self, seconds: float, function: Callable[[], object]) -> None:
        """Call `function` again and again on the clock, such as the application's worker. It keeps no run going."""
        self.loop.every(seconds, function)

    def after(self, seconds: float, function: Callable[[], None]) -> None:
        """Call `function` once, when so many seconds have passed."""
        self.loop.after(seconds, function)

    def spawn(self, generator: Waits, *, after: float = 0) -> None:
        """Run what nobody waits for, in so many seconds."""
        if after:
            self.loop.after(after, lambda: self.spawn(generator))
        else:
            Task(self.loop, generator)
