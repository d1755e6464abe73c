"""A phone and a carrier of our own, for people and tests.

It calls a line as a carrier would: signed webhooks over HTTP, TwiML back, and nothing else known of the
application; so it imports nothing else of `ivr`. `call` is a call in a terminal, `PhoneCall` one in a test:

    placed = PhoneCall(url, to="+15005550006", from_="+15005550100", auth_token=token)
    placed.run(Script.read("1 silence 4821# hangup"))
    assert "en-US  Goodbye." in transcript(placed.events)

How the room is laid out: `parse` reads a document into the data of `twiml`, `listen` decides what a Gather
takes, `verbs` runs a document, `webhook` speaks HTTP, `call` leads from the first webhook to the last, `acts`
are what a caller can do and their words, `events` what is heard, `transcript` how that looks as text.
"""

from ivr.phone.acts import Dialed, HangUp, Press, Silent, Speak
from ivr.phone.call import PhoneCall
from ivr.phone.caller import Caller, Script
from ivr.phone.clock import Clock, ManualClock, RealClock
from ivr.phone.events import CarrierError, Ending, Event
from ivr.phone.terminal import call
from ivr.phone.transcript import transcript

__all__ = [
    "Caller",
    "CarrierError",
    "Clock",
    "Dialed",
    "Ending",
    "Event",
    "HangUp",
    "ManualClock",
    "PhoneCall",
    "Press",
    "RealClock",
    "Script",
    "Silent",
    "Speak",
    "call",
    "transcript",
]
