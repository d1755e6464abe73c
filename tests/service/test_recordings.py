"""New recordings are heard by the next caller: no restart, and no carrier that still has the old audio."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import httpx
import numpy as np
import pytest
import soundfile
from running import FROM, TO, Running

from ivr.switchboard.prompts.bringing import judge, keep
from ivr.switchboard.prompts.texts import PromptText


def tone(seconds: float) -> bytes:
    """Audio, as a studio sends it."""
    at = np.arange(round(seconds * 8000)) / 8000
    out = BytesIO()
    soundfile.write(out, 0.1 * np.sin(2 * np.pi * 300 * at), 8000, format="WAV")
    return out.getvalue()


def welcome(service: Running, until: Callable[[str], bool]) -> str:
    """What new callers are answered with, once it is so; the last answer after half a minute."""
    end = time.monotonic() + 30
    while True:
        form = {"CallSid": f"CA{uuid4().hex}", "From": FROM, "To": TO}
        answer = httpx.post(f"{service.url}/voice", data=form).text
        if until(answer) or time.monotonic() > end:
            return answer
        time.sleep(0.1)


@pytest.mark.long
def test_a_new_recording_is_heard_without_a_restart(service: Running) -> None:
    """First the words are spoken, then the recording is played, then the next, at another address for the carrier."""
    folder = service.settings.recordings
    text = PromptText("test", "welcome.say", 0, "en-US", ("Welcome.",))
    assert "Welcome." in welcome(service, lambda answer: "Welcome." in answer)
    keep([judge(tone(1), text, "a")], folder)
    first = re.search(r"/recordings/(\S+?)</Play>", welcome(service, lambda answer: "<Play>" in answer))
    assert first is not None
    played = httpx.get(f"{service.url}/recordings/{first[1]}")
    assert (played.status_code, played.content) == (200, (folder / text.path).read_bytes())
    keep([judge(tone(2), text, "b")], folder)
    answer = welcome(service, lambda answer: "<Play>" in answer and first[1] not in answer)
    assert first[1].startswith("en-US/test/welcome.say.wav?v=")
    assert "/recordings/en-US/test/welcome.say.wav?v=" in answer
    assert first[1] not in answer
    (folder / "manifest.json").write_text("{}", "utf-8")
    assert "Welcome." in welcome(service, lambda answer: "Welcome." in answer)
