"""A phone in somebody's hands: what happens on it comes in when it happens, from any thread."""

import threading
from collections.abc import Callable

from ivr.phone.events import Event
from ivr.phone.leg import Leg
from ivr.phone.twiml import Dial, Gather, Pause, Play, Record, Say


class LiveCaller:
    """A device for the browser phone, and for tests that press keys at moments of their own.

    It is on one leg at a time: the call that it placed, or that rang last. Every method suits any thread; without
    a call, or after its end, they do nothing.
    """

    def __init__(self, *listeners: Callable[[Event], None]) -> None:
        self._listeners = list(listeners)
        self._leg: Leg | None = None
        self._lock = threading.Lock()

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """Call `listener` with each event of the leg as it happens, in the exchange's thread: it must be quick."""
        with self._lock:
            self._listeners.append(listener)

    @property
    def leg(self) -> Leg | None:
        """The leg that this phone is on, or was last."""
        return self._leg

    def press(self, keys: str) -> None:
        """Press keys. Raises ValueError for what no keypad has."""
        if self._leg is not None:
            self._leg.press(keys)

    def silence(self) -> None:
        """Stay silent: nobody has to wait for the time-out of a Gather."""
        if self._leg is not None:
            self._leg.hush()

    def hang_up(self) -> None:
        """Put the phone down."""
        if self._leg is not None:
            self._leg.hang_up()

    def answer(self) -> None:
        """Pick up the phone that rings."""
        if self._leg is not None:
            self._leg.pick_up(True)

    def decline(self) -> None:
        """Refuse the call that rings: the other side hears that it is busy."""
        if self._leg is not None:
            self._leg.pick_up(False)

    def heard(self) -> None:
        """What was begun by the last Spoke or Played has been played to its end."""
        if self._leg is not None:
            self._leg.heard()

    def speak(self, seconds: int, ends: str = "") -> None:
        """So much has been said into a recording, ended by silence (""), a key, or "hangup"."""
        if self._leg is not None:
            self._leg.spoken(seconds, ends)

    def say(self, text: str) -> None:
        """Say something to the other party, as a line of text."""
        if self._leg is not None:
            self._leg.say(text)

    # What the carrier asks and tells

    def attach(self, leg: Leg) -> None:
        """This phone is on this leg from now on."""
        self._leg = leg

    def hear(self, event: Event) -> None:
        """Pass an event on to whoever has subscribed."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(event)

    def ring(self) -> None:
        """A person decides."""

    def early(self, part: Say | Play | Pause) -> None:
        """Keys come when they are pressed."""

    def gather(self, gather: Gather) -> None:
        """Keys come when they are pressed."""

    def dial(self, dial: Dial) -> None:
        """Whose phone rings is for the exchange to know."""

    def record(self, record: Record) -> None:
        """What is said comes by `speak`, or ends with a key."""
