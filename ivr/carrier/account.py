"""The numbers of a carrier's account: what is set for each, and which addresses it calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

Called = Literal["voice", "fallback", "status"]
"""When the carrier calls an address: a call comes in, the primary handler fails, call status changes."""


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that the carrier calls, and by which method. Without a `url` it calls none."""

    url: str = ""
    method: str = "POST"

    def __str__(self) -> str:
        """Both as people may read them: a name and password in the address, and what is asked of it, stay hidden."""
        if not self.url:
            return "none"
        try:
            parts = urlsplit(self.url)
            host = parts.netloc.rpartition("@")
            shown = urlunsplit((parts.scheme, ("…@" if host[1] else "") + host[2], parts.path, "", ""))
        except ValueError:
            return f"{self.method} an address that cannot be read"
        return f"{self.method} {shown}{'?…' if parts.query else ''}{'#' + parts.fragment if parts.fragment else ''}"


@dataclass(frozen=True, slots=True)
class AccountNumber:
    """A number of the account. `application` and `trunk` are sids: where there is one, "we ignore all of the voice
    urls and use those set on" it. `speaks` is whether it takes calls at all, `fax` whether it takes them as faxes.
    """

    sid: str
    number: str
    name: str
    voice: Hook
    fallback: Hook
    status: Hook
    application: str = ""
    trunk: str = ""
    speaks: bool = True
    fax: bool = False


def account_number(told: Any) -> AccountNumber:
    """What the carrier's library made of its answer. Raises ValueError where that is no number."""
    if not told.sid or not told.phone_number:
        raise ValueError("a number without its sid or digits")
    abilities = told.capabilities
    return AccountNumber(
        sid=str(told.sid),
        number=str(told.phone_number),
        name=str(told.friendly_name or ""),
        voice=_hook(told.voice_url, told.voice_method),
        fallback=_hook(told.voice_fallback_url, told.voice_fallback_method),
        status=_hook(told.status_callback, told.status_callback_method),
        application=str(told.voice_application_sid or ""),
        trunk=str(told.trunk_sid or ""),
        speaks=not isinstance(abilities, dict) or abilities.get("voice") is not False,
        fax=told.voice_receive_mode == "fax",
    )


def _hook(url: object, method: object) -> Hook:
    return Hook(str(url or ""), str(method or "POST").upper())
