"""The offline synthesizer: espeak-ng, small and free, which needs no network, and sounds like it.

`pip install 'touchtone[drafts]'` brings it whole, as the package espeakng-loader: the library and its voices, which are
called here by ctypes as espeak-ng's `speak_lib.h` says. Without the package it is the program `espeak-ng` of the
system. It is needed for drafts and nothing else.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import wave
from ctypes import CDLL, CFUNCTYPE, c_char_p, c_int, c_size_t, c_uint, c_void_p, string_at
from functools import lru_cache
from io import BytesIO

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = 150
PATIENCE = 60.0
"""Seconds that the program may take for one text; it needs some hundredths."""

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples are given to the callback, and it ends when all are
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT: without its voices it says so, instead of ending the process
_RATE = 1  # espeakRATE
_UTF8, _SSML = 1, 0x10  # espeakCHARS_UTF8, espeakSSML
_CHARACTERS = 1  # POS_CHARACTER

_Heard = CFUNCTYPE(c_int, c_void_p, c_int, c_void_p)  # samples of 16 bits, how many, events


class NoSynthesizerError(RuntimeError):
    """The synthesizer is not there, has no voice for a language, or failed; in words."""


def read(ssml: str, voice: str) -> bytes:
    """The text as this voice of espeak-ng reads it, as a WAV file. Raises NoSynthesizerError."""
    try:
        library = _library()
    except NoSynthesizerError:
        if shutil.which(PROGRAM) is None:
            raise
        library = None
    return _by_program(ssml, voice) if library is None else _by_library(*library, ssml, voice)


@lru_cache(maxsize=1)
def _library() -> tuple[CDLL, int] | None:
    """The packaged library, ready to read, and its samples a second; None where the package is not installed."""
    try:
        import espeakng_loader
    except ImportError:
        return None
    voices = str(espeakng_loader.get_data_path())
    try:
        library = CDLL(str(espeakng_loader.get_library_path()))
    except OSError as error:
        raise NoSynthesizerError(f"the package espeakng-loader does not run here: {error}") from None
    library.espeak_Initialize.argtypes = [c_int, c_int, c_char_p, c_int]
    library.espeak_SetSynthCallback.argtypes = [_Heard]
    library.espeak_SetSynthCallback.restype = None
    library.espeak_SetVoiceByName.argtypes = [c_char_p]
    library.espeak_SetParameter.argtypes = [c_int, c_int, c_int]
    library.espeak_Synth.argtypes = [c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint, c_void_p, c_void_p]
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(voices), _DONT_EXIT)
    if rate <= 0:
        raise NoSynthesizerError(f"the package espeakng-loader finds no voices in {voices}; that may have 150 signs")
    return library, rate


def _by_library(library: CDLL, rate: int, ssml: str, voice: str) -> bytes:
    """Not safe between threads: the library has one voice at a time."""
    samples = bytearray()

    def heard(found: int | None, number: int, _events: int | None) -> int:
        if found:  # nothing comes at the end
            samples.extend(string_at(found, 2 * number))
        return 0

    callback = _Heard(heard)  # which must live as long as it may be called
    library.espeak_SetSynthCallback(callback)
    text = ssml.encode()
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        raise NoSynthesizerError(f"{PROGRAM} has no voice {voice}")
    library.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
    failed = library.espeak_Synth(text, len(text) + 1, 0, _CHARACTERS, 0, _UTF8 | _SSML, None, None)
    if failed or not samples:
        raise NoSynthesizerError(f"{PROGRAM} could not read this with the voice {voice}")
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(samples)
    return out.getvalue()


def _by_program(ssml: str, voice: str) -> bytes:
    program = shutil.which(PROGRAM)
    if program is None:
        raise NoSynthesizerError(
            f"there is no synthesizer (try: pip install 'touchtone[drafts]', or apt-get install {PROGRAM})"
        )
    command = [program, "-m", "-v", voice, "-s", str(WORDS_A_MINUTE), "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 - the words go in as text, the command is ours
            command, input=ssml.encode(), capture_output=True, timeout=PATIENCE, check=True
        )
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise NoSynthesizerError(
            f"{PROGRAM} cannot read with the voice {voice}: {said[0] if said else error}"
        ) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSynthesizerError(f"{PROGRAM}: {error}") from None
    return _lengths_mended(done.stdout)


def _lengths_mended(wav: bytes) -> bytes:
    """The WAV with its true length in its head: written into a pipe, it says two gigabytes."""
    size = len(wav)
    if size < 44 or wav[36:40] != b"data":
        return wav
    return wav[:4] + (size - 8).to_bytes(4, "little") + wav[8:40] + (size - 44).to_bytes(4, "little") + wav[44:]
