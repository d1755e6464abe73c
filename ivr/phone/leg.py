"""One leg of a call: who holds the phone, what has happened on it, and its requests to the application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from ivr.phone.acts import Act, Dialed, Press
from ivr.phone.caller import Caller, Listening, Live
from ivr.phone.events import Answered, Aside, CarrierError, Did, Ending, Event, Message, Turned, Warned
from ivr.phone.faults import Faults
from ivr.phone.holder import Holder
from ivr.phone.loop import Ask, Task, Waits
from ivr.phone.parse import parse
from ivr.phone.signals import Gone, Heard, Keys, Moved, Over, Picked, Spoken
from ivr.phone.twiml import Document, Method, Told
from ivr.phone.webhook import Fetch, Reply, Webhooks

if TYPE_CHECKING:
    from ivr.phone.exchange import Exchange


class Leg:
    """A leg while it lasts, and what is known of it afterwards.

    - `sid`, `from_`, `to`, `direction` (`inbound`, `outbound-api`, `outbound-dial`), `parent` of a dialled one.
    - `status`: the CallStatus, "queued" till it rings. `events`: what was heard and done. `ending`: the last of
      them, once the call is over.
    - `press`, `hang_up`, `move`, `heard`, `spoken`, `pick_up`, `say`: what comes from outside, from any thread.
    """

    def __init__(
        self,
        exchange: Exchange,
        *,
        sid: str,
        from_: str,
        to: str,
        device: Caller,
        direction: str = "inbound",
        fallback_url: str | None = None,
        fallback_method: Method = "POST",
        told: Told | None = None,
        parent: Leg | None = None,
        parameters: Mapping[str, str] | None = None,
        headers: Callable[[], Mapping[str, str]] | None = None,
        listener: Callable[[Event], None] | None = None,
        faults: Faults | None = None,
        most_webhooks: int,
        ctrl_c_hangs_up: bool = False,
    ) -> None:
        self.exchange = exchange
        self.sid, self.from_, self.to = sid, from_, to
        self.device = device
        self.direction = direction
        self.fallback_url = fallback_url
        self.fallback_method: Method = fallback_method
        self.told = told
        self.parent = parent
        self.faults = faults or exchange.faults
        self.ctrl_c_hangs_up = ctrl_c_hangs_up
        self.status = "queued"
        self.began = exchange.clock.now()
        self.events: list[Event] = []
        self.ending: Ending | None = None
        self.taken: Dialed | None = None
        self.partner: Leg | None = None
        headers = parent.webhooks.headers if parent is not None else headers
        self.webhooks: Webhooks = Webhooks(exchange.auth_token, exchange.transport, headers)
        self.asked = 0
        self.lengths: dict[str, float] = {}
        self.sequence = 0
        self.task: Task | None = None
        self._parameters = dict(parameters or {})
        self._listener = listener
        self._most_webhooks = most_webhooks
        self.hushed = False
        self._gone = False
        self._ended: Gone | None = None
        self.holder = Holder(self, ctrl_c_hangs_up=ctrl_c_hangs_up)
        self.held: list[Waits] = []
        self.live = isinstance(device, Live)
        if isinstance(device, Live):
            device.attach(self)

    # What happens on it

    def hear(self, event: Event) -> None:
        """Note an event, and tell whoever listens."""
        self.events.append(event)
        if isinstance(event, Ending):
            self.ending = event
        if self._listener:
            self._listener(event)
        if isinstance(self.device, Listening):
            self.device.hear(event)
        if self.parent is not None and self.parent.ending is None and not isinstance(event, Aside):
            self.parent.hear(Aside(self.to, event))

    def did(self, act: Act) -> None:
        """Note what the caller did."""
        self.hear(Did(act))

    @property
    def answered(self) -> bool:
        """Whether the call was taken: by the line, or by the phone that was called."""
        return self.status not in ("queued", "initiated", "ringing")

    def answer(self) -> None:
        """The call is taken, if it was not."""
        if not self.answered:
            self.status = "in-progress"
            self.hear(Answered())

    # What comes from outside

    def press(self, keys: str) -> None:
        """Keys are pressed now."""
        act = Press(keys)
        self._outside(lambda: self.pressed(act))

    def hang_up(self, by: Literal["caller", "line"] = "caller", status: str = "completed") -> None:
        """The phone is put down now ("caller"), or the carrier ends the call ("line")."""
        self._outside(lambda: self.end(by, status))

    def move(self, to: Fetch | Document) -> None:
        """The call goes on with another document ("update call" of REST)."""
        self._outside(lambda: None if self._gone else self.interrupt(Moved(to)))

    def hush(self) -> None:
        """The one who holds the phone stays silent: a Gather's time-out is over now."""
        self._outside(self._hushed)

    def heard(self) -> None:
        """A live phone has played to its end what it was given last."""
        self._outside(lambda: self.signal(Heard()))

    def spoken(self, seconds: int, ends: str = "") -> None:
        """A live phone has spoken into a recording."""
        self._outside(lambda: self.signal(Spoken(seconds, ends)))

    def pick_up(self, up: bool) -> None:
        """A live phone that rings is picked up, or the call declined."""
        self._outside(lambda: self.signal(Picked(up)))

    def say(self, text: str) -> None:
        """Say something to the other party of a bridge."""
        self._outside(lambda: self._said(text))

    def _outside(self, function: Callable[[], None]) -> None:
        self.exchange.loop.soon(lambda: function() if self.ending is None else None)

    def _said(self, text: str) -> None:
        if self.partner is not None:
            self.partner.hear(Message(text))

    def pressed(self, act: Press) -> None:
        """Note that keys are pressed, and let them be taken (in the loop's turn)."""
        self.did(act)
        self.signal(Keys(act.keys))

    def _hushed(self) -> None:
        self.hushed = True
        self.signal(Keys(""))

    # Within the loop's turn

    def signal(self, signal: object) -> None:
        """What the leg may be waiting for has come."""
        if self.task is not None:
            self.task.signal(signal)

    def begin(self, life: Waits) -> None:
        """Let the leg live from now on."""
        self.began = self.exchange.clock.now()
        self.task = Task(self.exchange.loop, life)
        if self._ended is not None:
            self.task.interrupt(self._ended)

    def interrupt(self, raised: BaseException) -> None:
        """Raise this where the leg waits."""
        if self.task is not None:
            self.task.interrupt(raised)

    def end(self, by: Literal["caller", "line"] = "line", status: str = "completed") -> None:
        """The call is over from outside. Only the first time counts."""
        if not self._gone and self.ending is None:
            self._gone = True
            self._ended = Gone(Over(by, status=status))
            self.interrupt(self._ended)

    def close(self) -> None:
        """From now on nothing from outside counts: the call is over, and only what follows from it is left."""
        self._gone = True
        if self.task is not None:
            self.task.deaf = True

    def typed(self) -> str:
        """The keys that came in and that nothing has taken yet; they are taken now."""
        return "".join(one.keys for one in self.task.take(Keys)) if self.task else ""

    # Requests

    def common(self) -> dict[str, str]:
        """ "Every request: `CallSid AccountSid From To CallStatus ApiVersion Direction`"; `ParentCallSid`."""
        return {
            **self._parameters,
            "CallSid": self.sid,
            "AccountSid": self.exchange.account_sid,
            "From": self.from_,
            "To": self.to,
            "CallStatus": self.status,
            "ApiVersion": "2010-04-01",
            "Direction": self.direction,
            **({"ParentCallSid": self.parent.sid} if self.parent is not None else {}),
        }

    def document(self, fetch: Fetch) -> Waits:
        """The Document at a URL, or at the fallback URL. Raises CarrierError where neither has one.

        "After a failed fetch or broken TwiML the fallback URL is called with `ErrorCode` and `ErrorUrl`."
        """
        try:
            return (yield from self._document(fetch))
        except CarrierError as error:
            if not self.fallback_url or not error.code:
                raise
            self.hear(Warned(error.code, error.text))
            told = {"ErrorCode": str(error.code), "ErrorUrl": fetch.url.partition("#")[0]}
        return (yield from self._document(Fetch(self.fallback_url, self.fallback_method, told)))

    def _document(self, fetch: Fetch) -> Waits:
        if self.asked >= self._most_webhooks:
            raise CarrierError(0, f"the call goes round: {self._most_webhooks} webhooks, and no end")
        self.asked += 1
        common = self.common()
        reply: Reply | None = None
        try:
            if self.faults.webhooks_twice:
                yield Ask(lambda: self.webhooks.document(fetch, common))
            twice = self.faults.webhooks_twice
            reply = yield Ask(lambda: self.webhooks.document(fetch, common, again=twice))
            document = parse(reply.body, reply.url)
        except CarrierError as error:
            status, body = (reply.status, reply.body.decode(errors="replace")) if reply else (error.status, "")
            self.hear(Turned(fetch.url, fetch.method, status, body, str(error)))
            raise
        self.hear(Turned(reply.url, fetch.method, reply.status, reply.body.decode(errors="replace")))
        return document

    def notify(self, fetch: Fetch) -> Waits:
        """Tell what needs no answer, as things stand now; where that fails, a carrier logs it and the call goes on."""
        return self._notify(fetch, self.common())

    def notify_later(self, fetch: Fetch) -> Waits:
        """The same, as things stand when it is run."""
        yield from self._notify(fetch, self.common())

    def _notify(self, fetch: Fetch, common: dict[str, str]) -> Waits:
        webhooks = self.exchange.webhooks if self.ending else self.webhooks
        try:
            yield Ask(lambda: webhooks.notify(fetch, common))
        except CarrierError as error:
            if self.ending is None:
                self.hear(Warned(error.code, error.text))
            else:
                self.exchange.log.append(error)
