"""Messages: left by callers, fetched when their audio is there, and a task until somebody resolves it."""

import stat
import wave
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hall import TEAM, Hall, hall

from ivr.config import Settings
from ivr.store.embedded import Embedded
from ivr.store.messages import Messages
from ivr.switchboard.mailbox import recording_sid

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


def test_a_message_is_a_task_with_its_audio(place: Hall) -> None:
    """It is there once with what is known of the call, its audio is a file of its owner's alone, and it is resolved."""
    place.call("speak:7:#")
    place.run(60)
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


def test_the_carriers_copy_goes_only_where_that_is_set(tmp_path: Path, valkey: Embedded) -> None:
    """With IVR_REMOVE_RECORDINGS the carrier has none left; without it keeps its own."""

    def removing(settings: Settings) -> Settings:
        return replace(settings, remove_recordings=True)

    for change, left in ((None, 1), (removing, 0)):
        folder = tmp_path / str(left)
        folder.mkdir()
        with hall(folder, valkey.url, line=LINE, **({"change": change} if change else {})) as it:
            it.call("speak:7:#")
            it.run(60)
            (message,) = Messages(it.parts.engine).open()
            assert len(it.exchange.recordings) == left
            assert (message.audio, (folder / "messages" / str(message.file)).is_file()) == ("kept", True)


def test_audio_that_is_not_there_yet_is_asked_for_again(place: Hall) -> None:
    """ "The file may not exist yet": with growing pauses; nothing half is ever kept."""
    place.rest.answer_next(404, 500, 503)
    place.call("speak:7:#")
    place.run(20)
    messages = Messages(place.parts.engine)
    assert messages.open()[0].audio == "waiting"
    assert list((place.parts.settings.data / "messages").glob("*")) == []
    place.run(300)
    assert messages.open()[0].audio == "kept"


def test_audio_that_never_comes_is_named_after_a_day(place: Hall, caplog: pytest.LogCaptureFixture) -> None:
    """It is given up, said in the log, and the message stays a task."""
    place.call("speak:7:#")
    place.run(2)
    place.exchange.recordings.clear()
    place.run(timedelta(days=2).total_seconds() / 4)
    (message,) = Messages(place.parts.engine).open()
    assert message.audio == "failed"
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
