"""What to place: which line, how many calls a second, for how long, and what the callers do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from random import Random
from urllib.parse import urlsplit

from ivr.phone.acts import Act, Wait, read_script

ACCOUNT = "AC" + "0" * 32
FROM = "+1500555####"
MOST_CALLS = 10_000_000


class PlanError(ValueError):
    """A plan that cannot or may not be carried out; the message is for whoever wrote it."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """One script among several: `share` calls of the sum of all shares follow it. `name` is how it was written."""

    name: str
    acts: tuple[Act, ...]
    share: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """A load.

    - `url`: the voice webhook; `status_url`, told when a call has ended, is below it where none is given.
    - `to`: the number called. `from_`: the callers', each # a digit by chance.
    - `rate`: calls a second, evenly spaced, for `seconds`. Then open calls go on for `drain` seconds at most.
    - `scripts`: what callers do. With none they hang up at the first prompt.
    - `think`: seconds that a caller takes before each act.
    - `patience`: seconds that a caller waits in a queue, then hangs up.
    - `most_open`: calls at once; what is due beyond them waits, and its latency counts from when it was due.
    - `token`: signs each request; `public_url`: where the service says that it is, if not where it is called.
    - `anywhere`: without it, only this machine is called.
    - `account_sid`: the account that calls come from.
    - `timeout`: seconds for an answer ("15 s for a response, hard").
    - `most_webhooks`: so many documents, then a call goes round and has failed.
    - `seed`: the same one gives the same callers and the same order of scripts.
    """

    url: str
    to: str
    rate: float
    seconds: float
    from_: str = FROM
    scripts: tuple[Mixed, ...] = ()
    think: float = 0.0
    patience: float = 20.0
    most_open: int = 500
    status_url: str | None = None
    token: str | None = None
    public_url: str | None = None
    account_sid: str = ACCOUNT
    anywhere: bool = False
    timeout: float = 15.0
    most_webhooks: int = 500
    drain: float = 60.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises PlanError."""
        for url in (self.url, self.status_url or self.url):
            if not _is_web(url):
                raise PlanError(f'"{url}" is no address such as http://127.0.0.1:8000/voice')
            if not self.allows(url):
                host = urlsplit(url).hostname
                raise PlanError(
                    f"{host} is another machine, and calls by the thousand can take a service down; if it is yours"
                    " to load, say so with --anywhere"
                )
        for script in self.scripts:
            if any(isinstance(act, Wait) for act in script.acts):
                raise PlanError(
                    f'"{script.name}" waits, but words take no time in a load: leave it out, or set --think'
                )
        if self.rate <= 0 or self.seconds <= 0 or self.most_open < 1:
            raise PlanError("a load needs calls, and time for them")
        if self.rate * self.seconds > MOST_CALLS:
            raise PlanError(f"that would be {self.rate * self.seconds:,.0f} calls; at most {MOST_CALLS:,}")

    @property
    def count(self) -> int:
        """How many calls are due."""
        return max(1, int(self.rate * self.seconds))

    @property
    def status(self) -> str:
        """Where the end of a call is told."""
        return self.status_url or f"{self.url.partition('?')[0]}/status"

    def called(self, url: str) -> str:
        """Where a URL of the service's documents is really asked for."""
        return _moved(url, self.public_url, self._base) if self.public_url else url

    def signed(self, url: str) -> str:
        """The URL that the service takes it for: "the URL is the public one"."""
        return _moved(url, self._base, self.public_url) if self.public_url else url

    @property
    def _base(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/voice') if parts.path != '/' else ''}"

    def allows(self, url: str) -> bool:
        """Whether the plan lets this URL be asked: on this machine, or on any with `anywhere`."""
        return self.anywhere or is_loopback(urlsplit(url).hostname or "")

    def caller(self, chance: Random) -> str:
        """A caller's number."""
        return re.sub("#", lambda _: str(chance.randrange(10)), self.from_)

    def script(self, chance: Random) -> Mixed:
        """What a caller does."""
        if not self.scripts:
            return Mixed("", ())
        return chance.choices(self.scripts, [one.share for one in self.scripts])[0]


def read_mixed(texts: Sequence[str]) -> tuple[Mixed, ...]:
    """Scripts in the words of `acts`, each with `3x` before it where it has three shares.

    Raises PlanError for a word that nobody can do.
    """
    found = []
    for text in texts:
        share = re.match(r"\s*(\d{1,4})x(?:\s+|$)", text)
        keys = text[share.end() :] if share else text
        try:
            found.append(Mixed(" ".join(keys.split()), tuple(read_script(keys)), int(share[1]) if share else 1))
        except ValueError as error:
            raise PlanError(str(error)) from None
    if found and not any(one.share for one in found):
        raise PlanError("one script at least needs a share above 0x")
    return tuple(found)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name: no name is looked up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _moved(url: str, from_: str, to: str) -> str:
    """The URL with another beginning, where it has that one."""
    rest = url.removeprefix(from_)
    return to + rest if rest != url and rest[:1] in ("", "/", "?") else url


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
