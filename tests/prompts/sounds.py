"""Files of audio, made for a test: a voice of tones, with silence around it if asked."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from ivr.menu import Flow
from ivr.switchboard.menu_folder import check_files
from ivr.switchboard.prompts.texts import PromptText, texts_of

LINE = """\
line: Test
numbers: ["+15005550001"]
timezone: America/Chicago
country: US
languages: [en-US, es-MX]
start: main
steps:
  main:
    menu:
      1 -> bye:
        en-US: To hear us say goodbye
        es-MX: Para escuchar nuestra despedida
    no_input:
      - en-US: Please press a key.
        es-MX: Por favor oprima una tecla.
      - en-US: Just press 1 <pause 2s> now.
        es-MX: Solo oprima 1 <pause 2s> ahora.
  bye:
    say:
      en-US: It is <now as time>. Goodbye.
      es-MX: Son las <now as time>. Adiós.
    go: end
  end:
    say:
      en-US: Come again soon.
      es-MX: Vuelva pronto.
    go: hangup
"""


def voice(seconds: float, *, rate: int = 8000, loud: float = 0.1, around: float = 0.0) -> np.ndarray:
    """So many seconds of a tone that swells like speech, with `around` seconds of silence before and after."""
    at = np.arange(round(seconds * rate)) / rate
    sound = loud * np.sin(2 * np.pi * 300 * at) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))
    silence = np.zeros(round(around * rate))
    return np.concatenate([silence, sound, silence])


def file_of(samples: np.ndarray, *, rate: int = 8000, kind: str = "WAV", subtype: str | None = None) -> bytes:
    """The samples as a file of this kind."""
    out = BytesIO()
    soundfile.write(out, samples, rate, format=kind, subtype=subtype)
    return out.getvalue()


def spoken(seconds: float = 2.0) -> bytes:
    """A recording as a studio sends it, shortened: 16 kHz, with silence around."""
    return file_of(voice(seconds, rate=16000, around=0.3), rate=16000)


def lay(folder: Path, files: dict[str, bytes]) -> Path:
    """The folder, with these files in it."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def flows_of(folder: Path, files: dict[str, str]) -> dict[str, Flow]:
    """The lines of these menu files, which must check."""
    lay(folder, {name: text.encode() for name, text in files.items()})
    menus = check_files(sorted(folder.glob("*.yaml")))
    assert not menus.errors, menus.errors
    return dict(menus.flows)


def texts(flows: Iterable[Flow]) -> list[PromptText]:
    """Every text of the lines."""
    return [text for flow in flows for text in texts_of(flow)]
