#!/usr/bin/env python3
"""Reads the prompts of the menus aloud, as drafts: `.venv/bin/python recordings/make_drafts.py`.

espeak-ng reads, sox trims; both are needed here and nowhere else (`apt-get install espeak-ng sox`). Only what
is missing, or was read from words that have changed since, is read again. A studio's recordings are left
alone: their entries in manifest.json have no `"draft": true`.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import wave
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from ivr.menu import Flow, load
from ivr.menu.words import Pause, Text, Value, plain

HERE = Path(__file__).parent
RATE = 8000
LEVEL = -20.0  # dBFS, as root mean square over the whole prompt
KNEE, CEILING = 0.5, 0.9  # of full scale; peaks over the knee are rounded, and none reaches the ceiling
WORDS_A_MINUTE = 150

VOICES = {"en-US": "en-us", "es-MX": "es-419"}

SAY_AS = {"es-MX": {"Meridian Coaches": "Merídian Cóuches"}}
"""Words that a voice would read by the wrong language's rules. The manifest keeps them as they are written."""

MAIN = {
    "meridian": (
        "welcome.*", "service.language.1.en-US", "service.language.2.es-MX", "main.menu.*", "main.no_input",
        "service.no_match", "stop.ask", "booking.ask", "office_hours.say", "days_off.say", "open_now.say",
        "closed_today.say", "closed_now.*", "notice.say", "connect.say", "goodbye.say",
    ),
}  # fmt: skip
"""The prompts of each line that most callers hear. The others are spoken by the carrier's voice meanwhile."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One recording: its path below this folder, its language, and the text that it is read from."""

    path: str
    address: str
    language: str
    text: Text


def readings(flow: Flow) -> Iterator[Reading]:
    """Everything of the line that can be recorded: each text of each prompt that has no value in it."""
    for prompt in flow.prompts():
        for language, texts in prompt.texts.items():
            for number, text in enumerate(texts, 1):
                if not any(isinstance(piece, Value) for piece in text):
                    name = prompt.address if number == 1 else f"{prompt.address}.{number}"
                    yield Reading(f"{language}/{flow.name}/{name}.wav", prompt.address, language, text)


def wanted(flow: Flow, reading: Reading, *, every: bool) -> bool:
    """Whether a draft is read without being asked for by its name: the first text of the line's main prompts."""
    first = reading.path.endswith(f"/{reading.address}.wav")
    return every or (first and any(fnmatchcase(reading.address, pattern) for pattern in MAIN.get(flow.name, ())))


def ssml(text: Text, language: str) -> str:
    """The text as espeak-ng takes it, with its pauses."""
    pieces = []
    for piece in text:
        if isinstance(piece, Pause):
            pieces.append(f'<break time="{piece.seconds * 1000:.0f}ms"/>')
        else:
            words = str(piece)
            for written, said in SAY_AS.get(language, {}).items():
                words = words.replace(written, said)
            pieces.append(escape(words))
    return f"<speak>{''.join(pieces)}</speak>"


def read_aloud(reading: Reading) -> array[int]:
    """The samples of the text, trimmed, at LEVEL."""
    espeak = ["espeak-ng", "-m", "-v", VOICES[reading.language], "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
    spoken = _run(espeak, ssml(reading.text, reading.language).encode())
    raw = ["-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16", "-c", "1", "--endian", "little"]
    trim = ["silence", "1", "0.01", "0.3%", "reverse"]
    effects = ["highpass", "120", "rate", "-h", str(RATE), *trim, *trim, "pad", "0.05", "0.1"]
    samples = array("h", _run(["sox", "-D", "-V1", "-t", "wav", "-", *raw, "-", *effects], spoken))
    if sys.byteorder == "big":
        samples.byteswap()
    return levelled(samples)


def _run(command: list[str], given: bytes) -> bytes:
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout


def levelled(samples: array[int]) -> array[int]:
    """The samples at LEVEL, with no peak over the ceiling."""
    rms = math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    gain = 10 ** (LEVEL / 20) / rms
    return array("h", (round(rounded(sample * gain) * 32767) for sample in samples))


def rounded(sample: float) -> float:
    """The sample, with what stands over the knee pressed in under the ceiling."""
    over, room = abs(sample) - KNEE, CEILING - KNEE
    return math.copysign(KNEE + room * math.tanh(over / room), sample) if over > 0 else sample


def write(path: Path, samples: array[int]) -> None:
    """The samples as a WAV file of 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def seconds(path: Path) -> float:
    """How long a recording lasts. Raises ValueError for what is no 16-bit WAV file of 8 kHz, mono."""
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, RATE):
                raise ValueError(f"{path} is not 8 kHz, 16 bits, mono; see README.md on how to convert it")
            return round(file.getnframes() / RATE, 2)
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path} is no WAV file: {error}") from None


def save(manifest: Mapping[str, Any], recordings: Path) -> None:
    """Writes the manifest, sorted by path."""
    text = json.dumps(dict(sorted(manifest.items())), ensure_ascii=False, indent=2) + "\n"
    (recordings / "manifest.json").write_text(text, encoding="utf-8")


def adopt(paths: list[Path], known: Mapping[str, Reading], manifest: dict[str, Any], recordings: Path) -> None:
    """Binds recordings that somebody put here to the present words. Raises ValueError where there are none."""
    for path in paths:
        name = path.resolve().relative_to(recordings.resolve()).as_posix()
        if name not in known:
            raise ValueError(f"no menu has a prompt for {name}")
        manifest[name] = {"text": plain(known[name].text), "seconds": seconds(path)}
        print(f"a studio's   {name}")


def remove_gone(known: Mapping[str, Reading], manifest: dict[str, Any], recordings: Path) -> None:
    """Removes drafts whose prompt is gone; tells of a studio's, and of recordings without an entry."""
    for name in sorted(set(manifest) - set(known)):
        if manifest[name].get("draft"):
            (recordings / name).unlink(missing_ok=True)
            del manifest[name]
            print(f"removed      {name}")
        else:
            print(f"unused       {name}: its prompt is gone; remove it by hand")
    for path in sorted(recordings.glob("*/*/*.wav")):
        name = path.relative_to(recordings).as_posix()
        if name not in manifest:
            print(f"no entry     {name}: bind it to its words with --studio")


def draft(reading: Reading, manifest: dict[str, Any], recordings: Path, *, again: bool) -> bool:
    """Reads it where that is needed; says whether it did."""
    entry, path, text = manifest.get(reading.path), recordings / reading.path, plain(reading.text)
    if entry and not entry.get("draft"):
        if entry["text"] != text:
            print(f"stale        {reading.path}: a studio's; the words are spoken until it is recorded anew")
        return False
    if not entry and path.exists():
        return False  # somebody put it there
    if entry and entry["text"] == text and path.exists() and not again:
        return False
    write(path, read_aloud(reading))
    manifest[reading.path] = {"text": text, "seconds": seconds(path), "draft": True}
    print(f"read         {reading.path}")
    return True


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Reads the prompts of the menus aloud, as drafts.")
    parser.add_argument("--menus", type=Path, default=HERE.parent / "menus", help="folder of the menu files")
    parser.add_argument("--recordings", type=Path, default=HERE, help="folder of the recordings")
    parser.add_argument("--all", action="store_true", help="read every draft again, stale or not")
    parser.add_argument("--every", action="store_true", help="read every prompt, not the main ones alone")
    parser.add_argument(
        "--studio", type=Path, nargs="+", default=[], metavar="WAV", help="bind these recordings to the present words"
    )
    return parser.parse_args()


def run(options: argparse.Namespace) -> int:
    """Does it; the exit code."""
    files = {str(path): path.read_bytes() for path in sorted(options.menus.glob("*.yaml")) if path.name != "team.yaml"}
    menus = load(files, {path.name: path.read_bytes() for path in options.menus.glob("*.csv")})
    if menus.errors:  # a line that cannot be read would lose its recordings
        print(*menus.errors, "nothing done: the menus have errors", sep="\n", file=sys.stderr)
        return 1
    known = {reading.path: reading for flow in menus.flows.values() for reading in readings(flow)}
    path: Path = options.recordings / "manifest.json"
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    try:
        if options.studio:
            adopt(options.studio, known, manifest, options.recordings)
            return 0
        missing = [tool for tool in ("espeak-ng", "sox") if not shutil.which(tool)]
        if missing:
            print(f"not installed: {', '.join(missing)} (try: apt-get install {' '.join(missing)})", file=sys.stderr)
            return 2
        remove_gone(known, manifest, options.recordings)
        flows = menus.flows
        chosen = [
            reading
            for name, reading in known.items()
            if name in manifest or wanted(flows[name.split("/")[1]], reading, every=options.every)
        ]
        unread = {reading.language for reading in chosen} - set(VOICES)
        if unread:
            print(f"no voice is known for {', '.join(sorted(unread))}; add one to VOICES", file=sys.stderr)
            return 2
        count = sum(draft(reading, manifest, options.recordings, again=options.all) for reading in chosen)
        print(f"{count} read, {len(chosen) - count} left as they are")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        save(manifest, options.recordings)
    return 0


if __name__ == "__main__":
    sys.exit(run(arguments()))
