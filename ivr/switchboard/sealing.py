"""The state of a call as Redis keeps it: JSON, with the secrets in it encrypted (AES-GCM).

A secret answer "lives encrypted in the call's state until its look-up is done, and nowhere else".
"""

from __future__ import annotations

import os
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ivr.call.state import Call
from ivr.call.wire import dump_call, load_call
from ivr.config import SettingError, Settings

_NONCE = 12


def cipher(key: str, purpose: str) -> AESGCM:
    """A cipher of the service's key for one purpose: what one seals no other opens."""
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"touchtone {purpose}".encode()).derive(key.encode()))


class Sealer:
    """Seals and opens calls with one key."""

    def __init__(self, key: str) -> None:
        self._cipher = cipher(key, "call state")

    def seal(self, call: Call) -> bytes:
        """The call as bytes: one line of JSON, and its secrets, if it has any, in a second one."""
        state = dump_call(call)
        if not call.secrets:
            return state
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, orjson.dumps(call.secrets), call.sid.encode())
        return state + b"\n" + b64encode(nonce + sealed)

    def open(self, state: bytes) -> Call:
        """The call of the bytes. Secrets that another key sealed are lost: their look-up then finds nothing."""
        plain, _, sealed = state.partition(b"\n")
        call = load_call(plain)
        if sealed:
            raw = b64decode(sealed)
            try:
                call.secrets = orjson.loads(self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], call.sid.encode()))
            except InvalidTag:
                call.secrets = {}
        return call


def open_part(state: bytes) -> Call:
    """The call of the bytes without its secrets, for which no key is needed. Raises ValueError for what is no call."""
    return load_call(state.partition(b"\n")[0])


def key_of(settings: Settings) -> str:
    """The key of IVR_SECRET_KEY; else one made once and kept under IVR_DATA, readable by its owner alone.

    Raises SettingError where that file cannot be made or read.
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / "secret.key"
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        _make(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SettingError(f"IVR_DATA: the secret key {path} cannot be kept: {error.strerror}") from None
    if len(key) < 32:
        raise SettingError(f"IVR_DATA: {path} holds no key; remove it, and one is made anew")
    return key


def _make(path: Path) -> None:
    """Makes the key file if there is none, whole or not at all, however many processes do so at once."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
