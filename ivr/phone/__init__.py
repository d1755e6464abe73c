"""A phone and a carrier of our own, for people and tests.

It calls a line as a carrier would: signed webhooks over HTTP, TwiML back, and nothing else known of the
application; so it imports nothing else of `ivr`. `call` is a call in a terminal, `PhoneCall` one in a test:

    placed = PhoneCall(url, to="+15005550006", from_="+15005550100", auth_token=token)
    placed.run(Script.read("1 silence 4821# hangup"))
    assert "en-US  Goodbye." in transcript(placed.events)

`Exchange` is the carrier, with as many lines, phones and calls as one likes, on a clock that never sleeps:

    with Exchange(ManualClock(), auth_token=token) as exchange:
        exchange.line("+15005550006", url)
        exchange.party("+15005550199", Callee(Dialed("answered", 45, after=12)))
        placed = exchange.call("+15005550006", "+15005550100", Script.read("2"))
        exchange.run()

How the room is laid out: `loop` is time, `exchange` the carrier with its phones, `kept` what it has of the
application's, `leg` one leg of a call, `holder` who holds its phone, `converse` its life from ringing to the end,
`verbs` with `dial` and `enqueue` what a document does to it, `listen` what a Gather takes. `parse` with `elements`,
`schema` and `not_run` reads a document into the data of `twiml`, `webhook` speaks HTTP, `rest` answers the
application's own calls, `faults` is what goes wrong. Devices are in `caller` (a script) and `live` (a person); `acts`
are what they can do and its words, `signals` how it reaches a leg, `events` what is heard, `transcript` how that looks
as text. What is built on all of it: `terminal`, `scripts`, `page`, `load`.
"""

from ivr.phone.acts import Dialed, HangUp, Press, Silent, Speak, Wait
from ivr.phone.call import PhoneCall
from ivr.phone.caller import Callee, Caller, Script
from ivr.phone.clock import Clock, ManualClock, RealClock
from ivr.phone.events import CarrierError, Ending, Event
from ivr.phone.exchange import Exchange
from ivr.phone.faults import Faults
from ivr.phone.leg import Leg
from ivr.phone.live import LiveCaller
from ivr.phone.rest import RestServer
from ivr.phone.terminal import call
from ivr.phone.transcript import transcript

__all__ = [
    "Callee",
    "Caller",
    "CarrierError",
    "Clock",
    "Dialed",
    "Ending",
    "Event",
    "Exchange",
    "Faults",
    "HangUp",
    "Leg",
    "LiveCaller",
    "ManualClock",
    "PhoneCall",
    "Press",
    "RealClock",
    "RestServer",
    "Script",
    "Silent",
    "Speak",
    "Wait",
    "call",
    "transcript",
]
