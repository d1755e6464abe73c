"""The recordings of the demo: real audio, each bound to the words that it was read from."""

from __future__ import annotations

import json
import math
import wave
from array import array
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from demo_caller import RECORDINGS, load_menus

from ivr.menu.words import plain

WAVS = sorted(RECORDINGS.rglob("*.wav"))
HOLD = RECORDINGS / "hold" / "quiet.wav"
FULL = 32767


def samples_of(path: Path) -> array[int]:
    """The samples of a WAV file of 16 bits, 8 kHz, mono."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return array("h", file.readframes(file.getnframes()))


def decibels(amplitude: float) -> float:
    """An amplitude in dBFS."""
    return 20 * math.log10(amplitude / FULL)


def rms(samples: array[int]) -> float:
    """The root mean square of samples."""
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, Any]]:
    """The manifest's entries by path."""
    return json.loads((RECORDINGS / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """What each path of a recording should say, by the present menus."""
    found = {}
    for flow in load_menus().flows.values():
        for prompt in flow.prompts():
            for language, variants in prompt.texts.items():
                for number, text in enumerate(variants, 1):
                    name = prompt.address if number == 1 else f"{prompt.address}.{number}"
                    found[f"{language}/{flow.name}/{name}.wav"] = plain(text)
    return found


@pytest.mark.parametrize("path", WAVS, ids=lambda path: path.relative_to(RECORDINGS).as_posix())
def test_every_recording_is_audible_and_does_not_clip(path: Path) -> None:
    """8 kHz mono of 16 bits, at an even level, with no sample at full scale."""
    samples = samples_of(path)
    assert -23 < decibels(rms(samples)) < -15
    assert max(map(abs, samples)) < 0.95 * FULL


def test_the_folder_is_small() -> None:
    """All of it, scripts and text included, is under 3 MB."""
    assert sum(path.stat().st_size for path in RECORDINGS.rglob("*") if path.is_file()) < 3_000_000


def test_every_entry_has_its_file_and_the_present_words(
    manifest: dict[str, dict[str, Any]], texts: dict[str, str]
) -> None:
    """No entry is stale, and its seconds are those of the file."""
    assert list(manifest) == sorted(manifest)
    for path, entry in manifest.items():
        assert entry["text"] == texts[path], path
        assert entry["seconds"] == round(len(samples_of(RECORDINGS / path)) / 8000, 2), path


def test_every_recording_has_an_entry(manifest: dict[str, dict[str, Any]]) -> None:
    """All but the hold music, which says nothing."""
    assert {path.relative_to(RECORDINGS).as_posix() for path in WAVS if path != HOLD} == set(manifest)


def test_the_main_prompts_are_recorded_in_both_languages(manifest: dict[str, dict[str, Any]]) -> None:
    """Welcome, main menu, hours, notice and goodbye, and each language offered in its own voice."""
    for language in ("en-US", "es-MX"):
        main = [f"main.menu.{key}" for key in "12340"]
        for address in ["welcome.say", *main, "office_hours.say", "notice.say", "connect.say", "goodbye.say"]:
            assert f"{language}/meridian/{address}.wav" in manifest
    assert "en-US/meridian/service.language.1.en-US.wav" in manifest
    assert "es-MX/meridian/service.language.2.es-MX.wav" in manifest


def test_the_hold_music_goes_round() -> None:
    """20 to 30 seconds; the step from the last sample to the first is no greater than those within."""
    samples = samples_of(HOLD)
    assert 20 <= len(samples) / 8000 <= 30
    steps = [abs(after - before) for before, after in pairwise(samples)]
    assert abs(samples[0] - samples[-1]) <= max(steps)
    assert abs(samples[0] - samples[-1]) < 0.05 * FULL


def test_the_hold_music_never_falls_silent() -> None:
    """Each half second has sound: a caller who hears nothing thinks the line is dead."""
    samples = samples_of(HOLD)
    assert min(decibels(rms(samples[start : start + 4000])) for start in range(0, len(samples) - 4000, 4000)) > -30
