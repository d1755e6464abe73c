"""The one who holds a leg's phone: what they do when asked, and when they do nothing for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ivr.phone.acts import Dialed, HangUp, Press, Silent, Speak
from ivr.phone.caller import Patient
from ivr.phone.signals import Gone, Over
from ivr.phone.twiml import Dial, Gather, Pause, Play, Record, Say

if TYPE_CHECKING:
    from ivr.phone.leg import Leg


class Holder:
    """Asks the device of a leg, and notes what it does.

    With `ctrl_c_hangs_up` a KeyboardInterrupt while it is asked is hanging up.
    """

    def __init__(self, leg: Leg, *, ctrl_c_hangs_up: bool) -> None:
        self._leg = leg
        self._idle = False
        self._ctrl_c_hangs_up = ctrl_c_hangs_up

    def early(self, part: Say | Play | Pause) -> Press | HangUp | None:
        """What is done while a part is heard, if that is known already."""
        return None if self._idles() else self._done(self._asked(lambda: self._leg.device.early(part)))

    def gather(self, verb: Gather) -> Press | Silent | HangUp | None:
        """What is done at a Gather."""
        return None if self._idles() else self._done(self._asked(lambda: self._leg.device.gather(verb)))

    def record(self, verb: Record) -> Speak | Press | Silent | HangUp | None:
        """What is done at a Record."""
        return Silent() if self._idles() else self._done(self._asked(lambda: self._leg.device.record(verb)))

    def dial(self, verb: Dial) -> Dialed | HangUp | None:
        """How those take the call who are not registered; noted by the Dial, which knows whether any is."""
        act: Dialed | HangUp | None = self._asked(lambda: self._leg.device.dial(verb))
        self._idles()
        return act

    def waits_in_queue(self) -> None:
        """Nothing is asked of one who waits, but some begin to wait so long and no longer."""
        self._idles()

    def _done(self, act: Any) -> Any:
        if act is not None:
            self._leg.did(act)
        return act

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except KeyboardInterrupt:
            if not self._ctrl_c_hangs_up:
                raise
            raise Gone(Over("caller")) from None

    def _idles(self) -> bool:
        """Whether the caller does nothing for a while (`acts.Wait`), whatever is asked."""
        if not self._idle and isinstance(self._leg.device, Patient) and (act := self._leg.device.waits()) is not None:
            self._leg.did(act)
            self._idle = True
            self._leg.exchange.loop.after(act.seconds, self._wake, keeps=False)
        return self._idle

    def _wake(self) -> None:
        self._idle = False
        if self._leg.ending is None and not self._idles() and isinstance(self._leg.device, Patient):
            match self._leg.device.wakes():
                case Press() as act:
                    self._leg.pressed(replace(act, early=False))
                case HangUp() as act:
                    self._leg.did(replace(act, early=False))
                    self._leg.end("caller")
