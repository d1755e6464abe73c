"""Waits in a queue as TwiML: what the library would have built, and what the carrier says of them."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from said import ACTION, BASE, render, say
from twilio.twiml import voice_response as library
from twilio.twiml.voice_response import VoiceResponse
from twiml import check_twiml

from ivr.call.inputs import QueueLeft
from ivr.call.says import DialAgent, Enqueue, Leave, Wait
from ivr.carrier.profile import TWILIO, Profile
from ivr.carrier.queueing import declined, hold_url, offer_url, queue_left, whisper
from ivr.menu.phrases_queue import QUEUE_PHRASES, WHISPERS
from ivr.menu.phrases_queue import whisper as whispered

NOW = datetime(2026, 6, 2, 17, 0, tzinfo=UTC)
PLAIN = Profile("Somleng", ("X",), None, 3000, 64_000, pauses=False, queues=False)


def same(document: str, response: VoiceResponse) -> None:
    """The document is, byte for byte, the library's, and one that a carrier takes."""
    assert document == str(response)
    assert check_twiml(document) == []


def waits(response: VoiceResponse, k: int, timeout: int = 1, digits: int = 1, finish: str = "") -> library.Gather:
    """The library's Gather of a wait, and the Redirect after it."""
    url = f"{ACTION}/wait/{k}"
    gather = library.Gather(
        input="dtmf", num_digits=digits, timeout=timeout, finish_on_key=finish, action=url, method="POST"
    )
    response.append(gather)
    response.redirect(url, method="POST")
    return gather


def test_a_caller_is_enqueued() -> None:
    """With the address of the first wait document; the action is the turn's own."""
    response = VoiceResponse()
    response.say("One moment.", language="en-US")
    enqueue = library.Enqueue(
        "bookings", action=ACTION, method="POST", wait_url=f"{ACTION}/wait/1", wait_url_method="POST"
    )
    response.append(enqueue)
    same(render(say("One moment."), Enqueue("bookings", 1)), response)


def test_a_phrase_of_a_wait_takes_keys_while_it_is_said() -> None:
    """And comes back for the next piece a second later."""
    response = VoiceResponse()
    waits(response, 8).say("You are next in line.", language="en-US")
    same(render(say("You are next in line."), Wait(8)), response)


def test_a_number_is_entered_in_a_wait() -> None:
    """Several digits, ended by pound, with patience after the words; one key where one is asked for."""
    response = VoiceResponse()
    waits(response, 8, timeout=5, digits=20, finish="#").say("Please enter the number.", language="en-US")
    same(render(say("Please enter the number."), Wait(8, seconds=5.0, digits=20, finish="#")), response)
    response = VoiceResponse()
    waits(response, 9, timeout=5).say("Is that right?", language="en-US")
    same(render(say("Is that right?"), Wait(9, seconds=4.2)), response)


def test_hold_audio_is_a_piece_from_where_it_was() -> None:
    """Each piece has its own address, the same for everybody."""
    response = VoiceResponse()
    waits(response, 5).play(f"{BASE}/hold/145/100/quiet_piano.wav")
    same(render(Wait(5, "quiet_piano.wav", 14.5, 10.0)), response)
    assert hold_url(BASE, "a.wav", 0, 10) == f"{BASE}/hold/0/100/a.wav"


def test_silence_is_a_gather_that_waits() -> None:
    """Without hold audio keys count all the same."""
    response = VoiceResponse()
    waits(response, 5, timeout=10)
    same(render(Wait(5, "", 0.0, 10.0)), response)


def test_a_caller_leaves() -> None:
    """The Redirect serves where there is no carrier's queue to leave."""
    response = VoiceResponse()
    response.leave()
    response.redirect(ACTION, method="POST")
    same(render(Leave()), response)


@pytest.mark.parametrize(
    ("address", "noun"), [("+15005550401", "number"), ("sip:ana@example.com", "sip"), ("client:ana.r", "client")]
)
def test_an_agent_is_dialled_with_a_whisper(address: str, noun: str) -> None:
    """ "`<Number url=…>`/`<Client>`/`<Sip>` run a document on the callee's side before bridging." """
    response = VoiceResponse()
    dial = library.Dial(answer_on_bridge=True, action=ACTION, method="POST", caller_id="+12125550142", timeout=15)
    getattr(dial, noun)(address.removeprefix("client:"), url=f"{BASE}/agent/o%2F1/0", method="POST")
    response.append(dial)
    same(render(DialAgent("o/1", address, "+12125550142", 15.0)), response)


def test_a_carrier_without_queues_waits_by_redirects() -> None:
    """Neither Enqueue nor Leave: the same addresses in the same order."""
    for said, url in ((Enqueue("bookings", 1), f"{ACTION}/wait/1"), (Leave(), ACTION)):
        response = VoiceResponse()
        response.redirect(url, method="POST")
        same(render(said, profile=PLAIN), response)


def test_a_place_stands_in_every_address() -> None:
    """The token of the place comes after the path."""
    from said import FLOW

    from ivr.carrier.twiml import Renderer

    document = Renderer(FLOW, {}).render([Enqueue("a & b", 4)], base=BASE, sid="v3:x", turn=3, place="tok-en_")
    enqueue = ET.fromstring(document)[0]
    assert enqueue.attrib["waitUrl"] == f"{BASE}/voice/v3%3Ax/3/wait/4?s=tok-en_"
    assert enqueue.attrib["action"] == f"{BASE}/voice/v3%3Ax/3?s=tok-en_"
    assert enqueue.text == "a & b"
    assert offer_url(BASE, "v3:x", "o/1") == f"{BASE}/voice/v3%3Ax/offer/o%2F1"


@pytest.mark.parametrize(
    ("result", "meaning"),
    [
        ("leave", "leave"),
        ("hangup", "hangup"),
        ("queue-full", "full"),
        ("error", "error"),
        ("system-error", "error"),
        ("redirected", None),
        ("redirected-from-bridged", None),
        ("bridging-in-process", None),
        ("bridged", None),
        ("something-new", None),
        ("", None),
    ],
)
def test_what_enqueue_s_action_says(result: str, meaning: str | None) -> None:
    """QueueResult's values: "only `leave` routes"; those of a move never advance the call."""
    found = queue_left({"QueueResult": result}, NOW)
    assert found == (QueueLeft(NOW, meaning) if meaning else None)  # type: ignore[arg-type]


def test_a_whisper_ends_in_a_hangup_unless_a_key_is_pressed() -> None:
    """ "A whisper document that merely ends bridges: after the Gather comes a Hangup." """
    response = VoiceResponse()
    url = f"{BASE}/agent/o1/1"
    gather = library.Gather(input="dtmf", num_digits=1, timeout=5, finish_on_key="", action=url, method="POST")
    gather.say("Bookings. Press 1.", language="en-US")
    response.append(gather)
    response.hangup()
    same(whisper("Bookings. Press 1.", "en-US", url, press=True, profile=TWILIO), response)
    merely = VoiceResponse()
    merely.say("Bookings.", language="en-US")
    same(whisper("Bookings.", "en-US", url, press=False, profile=TWILIO), merely)
    no = VoiceResponse()
    no.hangup()
    same(declined(), no)


def test_what_an_agent_hears() -> None:
    """The queue, how long the caller has waited, and the key; in the agent's language."""
    assert whispered("late_bookings", 125, "en-US", press=True) == (
        "late bookings. The caller has waited 2 minutes. To take the call, press 1."
    )
    assert whispered("bookings", 10, "es-MX", press=False) == "bookings. La persona acaba de llamar."
    assert whispered("bookings", 60, "ja-JP", press=False) == "bookings. The caller has waited one minute."


def test_every_language_has_the_same_words() -> None:
    """Phrases of queues and whispers, with the same values in them."""
    for words in (QUEUE_PHRASES, WHISPERS):
        for language in words.values():
            assert language.keys() == words["en"].keys()
            for name, text in language.items():
                values = {piece.split(">")[0] for piece in text.split("<")[1:]}
                assert values == {piece.split(">")[0] for piece in words["en"][name].split("<")[1:]}, name
