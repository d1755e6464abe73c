"""One call from dialling to its end, on an exchange of its own."""

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from uuid import uuid4

import httpx

from ivr.phone.caller import Caller
from ivr.phone.clock import Clock, ManualClock
from ivr.phone.events import Ending, Event
from ivr.phone.exchange import ACCOUNT, MOST_WEBHOOKS, Exchange
from ivr.phone.faults import Faults
from ivr.phone.leg import Leg


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
    - `transport`: stands in for the network, to lose, double or delay what is sent; `faults` for the usual of it.
    - `most_webhooks`: so many documents, then the call ends with an error: no call goes round for ever.
    - `ctrl_c_hangs_up`: a KeyboardInterrupt is the caller hanging up, for a person at a terminal.
    - `exchange`: where its parties are registered; one of its own where none is given, with this clock, token,
      account and transport.
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
        faults: Faults | None = None,
        most_webhooks: int = MOST_WEBHOOKS,
        ctrl_c_hangs_up: bool = False,
        exchange: Exchange | None = None,
    ) -> None:
        self._own = exchange is None
        self.exchange = exchange or Exchange(
            clock or ManualClock(), auth_token=auth_token, account_sid=account_sid, transport=transport
        )
        self.clock = self.exchange.clock
        self.sid = call_sid or f"CA{uuid4().hex}"
        self.events: list[Event] = []
        self.ending: Ending | None = None
        self._place: Callable[[Caller], Leg] = lambda caller: self.exchange.call(
            to,
            from_,
            caller,
            url=url,
            fallback_url=fallback_url,
            status_url=status_url,
            sid=self.sid,
            parameters=parameters,
            header=header,
            zone=zone,
            hear=hear,
            faults=faults,
            most_webhooks=most_webhooks,
            ctrl_c_hangs_up=ctrl_c_hangs_up,
        )
        self._ctrl_c_hangs_up = ctrl_c_hangs_up

    def run(self, caller: Caller) -> list[Event]:
        """Place the call and let `caller` answer; what was heard and done, from Began to Ending.

        Errors of the application end the call and are its Ending. Raises what the caller raises, such as
        ValueError for a script that does not fit, and RuntimeError where the call was placed before.
        """
        if self.events:
            raise RuntimeError("a call is placed once")
        leg = self._place(caller)
        self.events = leg.events
        try:
            while leg.ending is None:
                try:
                    self.exchange.run()
                    if leg.ending is None:
                        raise RuntimeError("the exchange is closed")
                except KeyboardInterrupt:
                    if not self._ctrl_c_hangs_up:
                        raise
                    leg.hang_up()
        finally:
            if self._own:
                self.exchange.close()
        self.ending = leg.ending
        return self.events
