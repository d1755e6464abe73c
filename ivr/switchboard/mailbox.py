"""The audio of messages: fetched from the carrier when it is ready, kept under IVR_DATA, deleted there if so set.

"Twilio's recordings need account credentials to fetch", and "the file may not exist yet": so it is asked for again,
with growing pauses, for some hours.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from ivr.carrier.rest import Carrier, RestError
from ivr.store.messages import Message, Messages

TRIES = 12
"""With pauses that double from ten seconds, up to two hours: about seven hours in all."""

log = logging.getLogger("ivr.worker")


class Mailbox:
    """Where audio of messages is kept: `messages/` below a folder, readable by its owner alone."""

    def __init__(self, data: Path, messages: Messages, carrier: Carrier, *, remove: bool) -> None:
        """`remove` says whether the carrier deletes its own once ours is kept."""
        self._folder = data / "messages"
        self._messages = messages
        self._carrier = carrier
        self._remove = remove

    def fetch(self, now: datetime) -> int:
        """Fetches what is due at this moment (aware); how many were kept. Raises SQLAlchemyError."""
        return sum(self._fetch(message, now) for message in self._messages.to_fetch(now))

    def _fetch(self, message: Message, now: datetime) -> bool:
        sid = recording_sid(message.recording)
        try:
            if sid is None:
                raise OSError("the carrier gave no address of a recording")
            path = self._keep(sid, self._carrier.recording(sid))
        except (RestError, OSError) as error:
            pause = timedelta(seconds=min(10 * 2**message.tries, 7200))
            over = sid is None or message.tries + 1 >= TRIES
            self._messages.not_yet(message.id, None if over else now + pause)
            if over:
                log.error("the audio of message %s cannot be had: %s", message.id, error)
            return False
        self._messages.kept(message.id, path.name, now if self._remove and self._removed(sid) else None)
        return True

    def _keep(self, sid: str, audio: bytes) -> Path:
        """Writes the audio, whole or not at all. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{sid}.wav"
        half = path.with_suffix(".half")
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(audio)
            file.flush()
            os.fsync(file.fileno())
        return half.replace(path)

    def _removed(self, sid: str) -> bool:
        try:
            self._carrier.delete_recording(sid)
        except RestError as error:
            log.warning("the carrier keeps its copy of recording %s: %s", sid, error)
            return False
        return True


def recording_sid(url: str) -> str | None:
    """The sid of a recording's URL; None where it names none that could be a file."""
    name = urlsplit(url).path.rpartition("/")[2].removesuffix(".wav").removesuffix(".json").removesuffix(".mp3")
    return name if name.isalnum() and name.isascii() and 8 <= len(name) <= 64 else None
