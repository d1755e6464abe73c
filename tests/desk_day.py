"""A day at the desk: a line, a team, callers who came through the line, and what they left behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from wave import open as open_wave

import orjson
from sqlalchemy import insert

from ivr.call.engine import step
from ivr.call.inputs import HungUp, Input, Pressed, Started
from ivr.call.state import Call
from ivr.call.wire import dump_record
from ivr.store.call_log import CallLog, Entry
from ivr.store.callbacks import Callback
from ivr.store.calls import Saved
from ivr.store.desk_tables import messages
from ivr.store.queues import Offer, Waiting
from ivr.store.versions import Versions
from ivr.switchboard.publish import Publisher
from ivr.web.people.office import Office

LINE = """\
line: Meridian Coaches
numbers: ["+15005550006"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: main
steps:
  main:
    menu:
      1 -> pin:
        en-US: To change a booking
        es-MX: Para cambiar una reservación
      2 -> wait:
        en-US: To talk to us
        es-MX: Para hablar con nosotros
  pin:
    ask:
      en-US: Enter your PIN.
      es-MX: Marque su NIP.
    type: pin
    save: pin
    go: booking
  booking:
    ask:
      en-US: Enter your booking number.
      es-MX: Marque su número de reservación.
    digits: 6
    save: booking_number
    go: wait
  wait:
    menu:
      1 -> main:
        en-US: To begin again
        es-MX: Para empezar de nuevo
"""

TEAM = """\
timezone: America/Chicago
country: US
agents:
  ana:
    name: Ana Ruiz
    phone: "+15005550401"
    languages: [en-US, es-MX]
  raj:
    name: Raj Patel
    phone: "+15005550402"
    languages: [en-US]
  mei:
    name: Mei Chen
    phone: "+15005550403"
    languages: [en-US]
queues:
  bookings:
    agents: [ana, raj]
    wrap_up_codes: [changed_booking, refunded, no_seat_left]
    callback: {}
    allow: [US]
  lost_property:
    agents: [raj, mei]
    service_level: 80% in 60s
"""

CALLER = "+15005550140"
TO = "+15005550006"


class Day:
    """What happens in a test, on the office's own Redis and SQL."""

    def __init__(self, office: Office) -> None:
        self.office = office
        (office.settings.menus / "meridian.yaml").write_text(LINE, "utf-8")
        (office.settings.menus / "team.yaml").write_text(TEAM, "utf-8")
        publisher = Publisher(Versions(office.engine), office.redis, office.clock)
        self.version = publisher.publish(office.settings.menus / "meridian.yaml", who="test").version

    @property
    def now(self) -> float:
        """The moment, in seconds."""
        return self.office.clock().timestamp()

    def calls(self, *keys: str, caller: str = CALLER, ends: bool = False) -> str:
        """Somebody calls and presses keys; their sid. Where the call `ends` it goes to the log."""
        sid, moment = f"CA{uuid4().hex}", self.office.clock()
        flow = self.office.lines.of(self.version).flow
        began = Started(moment, caller, TO, flow.name, self.version)
        turn = step(flow, Call(sid, self.version, flow.name, caller, TO), began)
        records = [dump_record(turn.record)]
        inputs: list[Input] = [Pressed(moment, it) for it in keys]
        for input_ in [*inputs, HungUp(moment)] if ends else inputs:
            turn = step(flow, turn.call, input_)
            records.append(dump_record(turn.record))
        saved = Saved(seq=turn.call.seq, turn=len(keys) + 1, state=self.office.sealer.seal(turn.call), reply=b"")
        assert self.office.calls.close(sid, saved, expected=0, records=records, expires=3600, ended=ends)
        if ends:
            self.logs(sid)
        return sid

    def logs(self, sid: str) -> None:
        """The worker writes a call to SQL."""
        entries = [
            Entry(b"{p00}:log", f"{n}-0".encode(), sid, it) for n, it in enumerate(self.office.calls.records(sid))
        ]
        assert not CallLog(self.office.engine, self.office.hashes).write(entries).refused

    def happened(self, sid: str, at: datetime, *events: dict[str, object], seq: int = 1) -> None:
        """A record of a call in SQL, made by hand."""
        record = {"seq": seq, "input": {"kind": "silent", "at": at.isoformat()}, "events": list(events)}
        entry = Entry(b"{p00}:log", b"1-0", sid, orjson.dumps(record))
        assert not CallLog(self.office.engine, self.office.hashes).write([entry]).refused

    def waits(self, sid: str, queue: str = "bookings", *, since: float = 120, language: str = "en-US") -> Waiting:
        """A caller waits in a queue since so many seconds."""
        arrived = self.now - since
        waiting = Waiting(sid, queue, language, arrived, arrived)
        self.office.queues.join(waiting, heard_by=self.now + 3600)
        return waiting

    def offers(self, waiting: Waiting, agent: str) -> Offer:
        """They are offered to an agent, whose phone rings."""
        why = "Ana has been free for longest, and speaks their language."
        made = self.now
        offer = Offer(uuid4().hex, waiting.sid, agent, waiting.queue, waiting.language, made, made + 3600, why=why)
        assert self.office.queues.offer(offer)
        return offer

    def leaves_message(self, box: str = "bookings", *, audio: str = "kept", seconds: int = 2, sid: str = "") -> int:
        """Somebody left a message; its id."""
        file = f"RE{uuid4().hex}.wav"
        with self.office.engine.begin() as connection:
            values = {
                "call_sid": sid or f"CA{uuid4().hex}", "seq": 9, "box": box, "seconds": seconds, "tries": 0,
                "left_at": self.office.clock() - timedelta(minutes=12), "recording": f"https://example.com/{file}",
                "audio": audio, "file": file if audio == "kept" else None,
            }  # fmt: skip
            found = connection.execute(insert(messages).values(**values))
        if audio == "kept":
            self._record(file, seconds)
        return int(found.inserted_primary_key[0])  # type: ignore[index]

    def wants_callback(self, queue: str = "bookings", caller: str = CALLER, **changed: object) -> Callback:
        """Somebody is to be called back."""
        id_, now = f"CA{uuid4().hex}-{queue}", self.office.clock()
        numbers = self.office.numbers
        known: dict[str, object] = {
            "id": id_, "queue": queue, "line": "meridian", "version": "v", "step": "wait", "language": "en-US",
            "shown": TO, "number_sealed": numbers.seal(caller, id_), "number_hash": numbers.hash(caller),
            "number_last4": caller[-4:], "call_sid": id_[:34], "arrived": self.now - 300, "place": self.now - 300,
            "booked_at": now - timedelta(minutes=5), "state": "booked", "tries": 0, "next_at": now,
        }  # fmt: skip
        callback = Callback(**(known | changed))  # type: ignore[arg-type]
        assert self.office.callbacks.book(callback)
        return callback

    def _record(self, file: str, seconds: int) -> None:
        folder = self.office.settings.data / "messages"
        folder.mkdir(parents=True, exist_ok=True)
        with open_wave(str(folder / file), "wb") as wave:
            wave.setnchannels(1)
            wave.setsampwidth(2)
            wave.setframerate(8000)
            wave.writeframes(bytes(16000 * seconds))
