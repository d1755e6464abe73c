"""Audio of callers that is kept no longer: our file goes at once, the carrier's copy by an effect in the outbox.

The file goes before the row that names it: who dies in between leaves a row without audio, which is removed the next
time, never audio that nothing names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from ivr.store.calls import Calls
from ivr.store.messages import Audio
from ivr.switchboard.mailbox import recording_sid


@dataclass(frozen=True, slots=True)
class Gone:
    """What went: files and their bytes, and the copies that the carrier is asked to delete."""

    files: int = 0
    bytes: int = 0
    asked: int = 0


class AudioRemoval:
    """Removes audio. `calls` is None where the carrier is not asked, as no account is set."""

    def __init__(self, data: Path, calls: Calls | None) -> None:
        self._folder = data / "messages"
        self._calls = calls

    def remove(self, kept: Iterable[Audio]) -> Gone:
        """Removes it, ours and the carrier's. Raises OSError and RedisError: then some of it is still there."""
        files = size = asked = 0
        for one in kept:
            if one.file:
                path = self._folder / Path(one.file).name
                try:
                    bytes_ = path.stat().st_size
                    path.unlink()
                    files, size = files + 1, size + bytes_
                except FileNotFoundError:
                    pass
            asked += self._ask(one)
        return Gone(files, size, asked)

    def _ask(self, one: Audio) -> bool:
        recording = recording_sid(one.recording)
        if self._calls is None or recording is None or one.removed_at is not None:
            return False
        # Under the recording's own name: nothing of the call shall be left in the outbox.
        effect = {"id": f"delete-{recording}", "kind": "delete_recording", "recording": recording}
        self._calls.ask(recording, orjson.dumps(effect))
        return True
