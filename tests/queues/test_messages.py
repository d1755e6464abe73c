"""Messages: left by callers, fetched when their audio is there, and a task until somebody resolves it."""

import stat
import wave
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hall import ACCOUNT, TEAM, TOKEN, Hall, hall

from ivr.carrier.rest import Carrier
from ivr.store.embedded import Embedded
from ivr.store.messages import Messages
from ivr.switchboard.mailbox import Mailbox, recording_sid

LINE = """\
line: Test
numbers: ["+15005550001"]
timezone: America/Chicago
languages: [en-US]
start: message
steps:
  message:
    say: Leave a message.
    voicemail: bookings
    go: hangup
"""


@pytest.fixture
def place(tmp_path: Path, valkey: Embedded) -> Iterator[Hall]:
    """Give a line that takes messages."""
    with hall(tmp_path, valkey.url, line=LINE, team=TEAM) as it:
        yield it


def fetch(it: Hall, *, after: timedelta = timedelta(minutes=1), remove: bool = False) -> int:
    """Fetch what is due, as the worker does, so long after now; how many were kept."""
    carrier = Carrier(ACCOUNT, (TOKEN,), it.rest.url)
    mailbox = Mailbox(it.parts.settings.data, Messages(it.parts.engine), carrier, remove=remove)
    try:
        return mailbox.fetch(it.now() + after)
    finally:
        carrier.close()


def test_a_message_is_a_task_with_its_audio(place: Hall) -> None:
    """It is there once with what is known of the call, its audio is a file of its owner's alone, and it is resolved."""
    place.call("speak:7:#")
    place.run()
    assert fetch(place) == 1
    assert fetch(place) == 0
    messages = Messages(place.parts.engine)
    (message,) = messages.open()
    assert (message.box, message.seconds, message.line, message.last4) == ("bookings", 7, "test", "0142")
    assert message.audio == "kept"
    path = place.parts.settings.data / "messages" / str(message.file)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with wave.open(str(path)) as audio:
        assert audio.getnframes() / audio.getframerate() == 7
    assert messages.waiting() == {"bookings": 1}
    assert messages.resolve(message.id, "olga", "called back", place.now())
    assert not messages.resolve(message.id, "paul", "", place.now())
    assert messages.open() == []
    assert [it.resolved_by for it in messages.done()] == ["olga"]
    assert messages.reopen(message.id)
    assert len(messages.open(["bookings"])) == 1
    assert messages.open(["other"]) == []


@pytest.mark.parametrize(("remove", "left"), [(False, 1), (True, 0)])
def test_the_carriers_copy_goes_only_where_that_is_set(place: Hall, remove: bool, left: int) -> None:
    """With IVR_REMOVE_RECORDINGS the carrier has none left; without it keeps its own. Ours is kept in any case."""
    place.call("speak:7:#")
    place.run()
    assert fetch(place, remove=remove) == 1
    (message,) = Messages(place.parts.engine).open()
    assert len(place.exchange.recordings) == left
    assert (place.parts.settings.data / "messages" / str(message.file)).is_file()


def test_the_worker_fetches_by_itself(place: Hall) -> None:
    """Among what a worker does round after round."""
    place.call("speak:7:#")
    place.run()
    place.call("wait:90")
    place.run()
    assert Messages(place.parts.engine).open()[0].audio == "kept"


def test_audio_that_is_not_there_yet_is_asked_for_again(place: Hall) -> None:
    """ "The file may not exist yet": with growing pauses; nothing half is ever kept."""
    place.call("speak:7:#")
    place.run()
    messages = Messages(place.parts.engine)
    for number, trouble in enumerate((404, 500, 503)):
        place.rest.answer_next(trouble)
        assert fetch(place, after=timedelta(minutes=1 + number)) == 0
        assert (messages.open()[0].audio, messages.open()[0].tries) == ("waiting", number + 1)
    assert list((place.parts.settings.data / "messages").glob("*")) == []
    assert fetch(place, after=timedelta(minutes=3, seconds=20)) == 0
    assert fetch(place, after=timedelta(minutes=4)) == 1
    assert messages.open()[0].audio == "kept"


def test_audio_that_never_comes_is_named_after_hours(place: Hall, caplog: pytest.LogCaptureFixture) -> None:
    """It is given up, said in the log, and the message stays a task."""
    place.call("speak:7:#")
    place.run()
    place.exchange.recordings.clear()
    for hour in range(1, 20):
        assert fetch(place, after=timedelta(hours=3 * hour)) == 0
    (message,) = Messages(place.parts.engine).open()
    assert (message.audio, message.tries) == ("failed", 12)
    assert "cannot be had" in caplog.text


@pytest.mark.parametrize(
    ("url", "sid"),
    [
        ("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE0123456789", "RE0123456789"),
        ("https://x.example/Recordings/RE0123456789.wav?x=1", "RE0123456789"),
        ("https://x.example/../../etc/passwd", None),
        ("https://x.example/..%2f..%2fpasswd", None),
        ("", None),
    ],
)
def test_a_recording_names_a_file_or_nothing(url: str, sid: str | None) -> None:
    """What the carrier says cannot lead out of the folder."""
    assert recording_sid(url) == sid
