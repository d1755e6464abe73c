"""The settings; the only reader of the environment."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


class SettingError(ValueError):
    """A setting that makes no sense; the message names it in one line."""


LOOKUP_PREFIX = "IVR_LOOKUP_"
"""`IVR_LOOKUP_BOOKING_TOKEN` is what `<env.booking_token>` in a look-up's headers stands for."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Days that each kind of data is kept; 0 is for ever, and no longer than the call that it is of."""

    calls: int = 0  # calls, with all that is of them
    detail: int = 0  # what happened in calls, key by key; what is known of the call as a whole stays
    messages: int = 0  # messages that are no task any more, with their audio
    comments: int = 0  # what callers said in surveys, with its audio; that they said something stays
    audit: int = 0  # what people did
    agents: int = 0  # what agents were, and when
    aside: int = 90  # what could not be written


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets are in no `repr`."""

    redis_url: str | None = field(default=None, repr=False)
    database_url: str | None = field(default=None, repr=False)
    public_url: str | None = None  # without a slash at the end
    account_sid: str | None = None
    auth_tokens: tuple[str, ...] = field(default=(), repr=False)
    menus: Path = Path("menus")
    recordings: Path = Path("recordings")
    data: Path = Path("var")
    secret_key: str | None = field(default=None, repr=False)
    api_url: str | None = None  # of the carrier's REST calls, without a slash at the end; None is Twilio's own
    keep: Keep = field(default_factory=Keep)
    remove_recordings: bool = False  # whether the carrier's copy of a message goes once ours is kept
    local_url: str | None = None  # where the local carrier reaches us in development, without a slash at the end
    fallback_url: str | None = None  # where the lines' static documents are hosted, without a slash at the end
    lookup_hosts: frozenset[str] = frozenset()  # host or host:port, lower case
    lookup_values: Mapping[str, str] = field(default_factory=dict, repr=False)  # env.NAME, lower case

    @property
    def database(self) -> str:
        """The database's URL; SQLite under `data` where none is set."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'touchtone.db'}"

    @property
    def reached_at(self) -> str | None:
        """What URLs that the carrier is given by REST begin with; None where nobody knows."""
        return self.public_url or self.local_url

    @property
    def valkey_folder(self) -> Path:
        """Where the embedded Valkey keeps its files."""
        return self.data / "valkey"


KEEP = {
    "IVR_KEEP_DETAIL_DAYS": "detail",
    "IVR_KEEP_MESSAGES_DAYS": "messages",
    "IVR_KEEP_COMMENTS_DAYS": "comments",
    "IVR_KEEP_AUDIT_DAYS": "audit",
    "IVR_KEEP_AGENTS_DAYS": "agents",
    "IVR_KEEP_ASIDE_DAYS": "aside",
}
"""The settings of `Keep` beside that of calls."""

NAMES = (
    "REDIS_URL",
    "DATABASE_URL",
    "PUBLIC_URL",
    "TWILIO_ACCOUNT_SID",
    "TWILIO_AUTH_TOKEN",
    "TWILIO_API_URL",
    "IVR_MENUS",
    "IVR_RECORDINGS",
    "IVR_DATA",
    "IVR_SECRET_KEY",
    "IVR_ALLOW_HOSTS",
    "IVR_KEEP_DAYS",
    *KEEP,
    "IVR_REMOVE_RECORDINGS",
    "IVR_FALLBACK_URL",
    "IVR_LOCAL_URL",
)


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment. Raises SettingError for the first one that makes no sense.

    An empty setting is one that is not set.
    """
    given = {
        name: value.strip() for name, value in (os.environ if environ is None else environ).items() if value.strip()
    }
    for name in given:
        if name.startswith("IVR_") and name not in NAMES and not name.startswith(LOOKUP_PREFIX):
            near = difflib.get_close_matches(name, NAMES, n=1)
            raise SettingError(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
    settings = Settings(
        redis_url=_url(given, "REDIS_URL", ("redis", "rediss", "unix")),
        database_url=_url(given, "DATABASE_URL", ("sqlite", "postgresql", "postgresql+psycopg")),
        public_url=_http_url(given, "PUBLIC_URL", "it is what carriers call, such as https://phone.example.com"),
        account_sid=_matching(given, "TWILIO_ACCOUNT_SID", r"AC[0-9a-fA-F]{32}", "AC and 32 hexadecimal digits"),
        auth_tokens=_tokens(given),
        api_url=_http_url(given, "TWILIO_API_URL", "it is where REST calls go, such as https://api.twilio.com"),
        menus=_folder(given, "IVR_MENUS", "menus"),
        recordings=_folder(given, "IVR_RECORDINGS", "recordings"),
        data=_folder(given, "IVR_DATA", "var"),
        secret_key=_matching(given, "IVR_SECRET_KEY", r".{32,}", "at least 32 characters"),
        keep=_keep(given),
        remove_recordings=_yes_no(given, "IVR_REMOVE_RECORDINGS"),
        local_url=_http_url(given, "IVR_LOCAL_URL", "it is where the local carrier reaches this service"),
        fallback_url=_http_url(
            given, "IVR_FALLBACK_URL", "it is where the lines' static documents are, such as https://files.example.com"
        ),
        lookup_hosts=_hosts(given),
        lookup_values={
            name.removeprefix(LOOKUP_PREFIX).lower(): value
            for name, value in given.items()
            if name.startswith(LOOKUP_PREFIX)
        },
    )
    if settings.public_url and not settings.auth_tokens:
        raise SettingError(
            "TWILIO_AUTH_TOKEN is not set: with PUBLIC_URL alone nobody could call, as no signature could be checked"
        )
    return settings


def _keep(given: Mapping[str, str]) -> Keep:
    words = "a number of days, or 0 for ever"
    kinds = {"IVR_KEEP_DAYS": "calls", **KEEP}
    days = {kind: _matching(given, name, "[0-9]{1,5}", words) for name, kind in kinds.items()}
    return Keep(**{kind: int(number) for kind, number in days.items() if number is not None})


def _yes_no(given: Mapping[str, str], name: str) -> bool:
    return _matching(given, name, "yes|no|true|false", "yes or no") in ("yes", "true")


def _url(given: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    url = given.get(name)
    if url is not None and (not re.match(r"[a-z+]+://", url) or url.split("://")[0] not in schemes):
        raise SettingError(f"{name} begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if url is not None:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            raise SettingError(f"{name} is no address: its host or port makes no sense") from None
        if parts.scheme in ("redis", "rediss") and not re.fullmatch(r"/?\d*", parts.path):
            raise SettingError(f"{name} ends with the number of a database, such as /0")
        if (parts.scheme == "sqlite" and parts.path in ("", "/")) or ":memory:" in url:
            raise SettingError(f"{name} names no file: each process would have a database of its own")
    return url


def _http_url(given: Mapping[str, str], name: str, what: str) -> str | None:
    url = given.get(name)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or " " in url:
        raise SettingError(f'{name} is "{url}"; {what}')
    return url.rstrip("/")


def _matching(given: Mapping[str, str], name: str, pattern: str, what: str) -> str | None:
    value = given.get(name)
    if value is not None and not re.fullmatch(pattern, value):
        raise SettingError(f"{name} is {what}")
    return value


def _tokens(given: Mapping[str, str]) -> tuple[str, ...]:
    text = given.get("TWILIO_AUTH_TOKEN")
    if text is None:
        return ()
    tokens = tuple(token.strip() for token in text.split(","))
    if not all(tokens) or any(re.search(r"\s", token) for token in tokens):
        raise SettingError("TWILIO_AUTH_TOKEN is one token, or several with commas between them while rotating")
    return tokens


def _folder(given: Mapping[str, str], name: str, default: str) -> Path:
    path = Path(given.get(name, default))
    if path.exists() and not path.is_dir():
        raise SettingError(f'{name} is "{path}", which is no folder')
    return path


def _hosts(given: Mapping[str, str]) -> frozenset[str]:
    hosts = frozenset(host.strip().lower() for host in given.get("IVR_ALLOW_HOSTS", "").split(",") if host.strip())
    for host in hosts:
        if not re.fullmatch(r"([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?", host):
            raise SettingError(f'IVR_ALLOW_HOSTS has "{host}"; it lists hosts with commas, such as api.example.com')
    return hosts
