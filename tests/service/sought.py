"""Looking for values in everything that a service keeps, says and shows, in every form that they may have taken.

It knows nothing of what it searches: every file is bytes, every key of Redis and row of SQL is text.
"""

from __future__ import annotations

import json
import re
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import httpx
from redis import Redis

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")


def forms(value: str) -> set[bytes]:
    """A value as it may have been written: plain, reversed, escaped, encoded, spaced as it is read out."""
    data = value.encode()
    written = {value, value[::-1], quote(value, safe=""), json.dumps(value)[1:-1], " ".join(value), "-".join(value)}
    packed = {data.hex().encode(), data.hex().upper().encode()}
    for shift in range(3):  # base64 is another one at each place of three; its ends hang on what is beside it
        whole = b64encode(b"\0" * shift + data)
        packed.add(whole[-(-shift * 8 // 6) : (shift + len(data)) * 8 // 6])
    return {one.encode() for one in written} | {one for one in packed if len(one) >= 8}


@dataclass
class Sought:
    """Values by what they are, and where they were found."""

    values: dict[str, str] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)
    looked: dict[str, int] = field(default_factory=dict)
    """How many bytes of each kind of place were looked at."""

    def add(self, name: str, value: str) -> str:
        """One more to look for."""
        self.values[name] = value
        return value

    def look(self, where: str, data: bytes, kind: str) -> None:
        """Looks into bytes, and into what is base64 in them."""
        self.looked[kind] = self.looked.get(kind, 0) + len(data)
        unpacked = b"\0".join(_unpacked(data))
        for name, value in self.values.items():
            for form in forms(value):
                if form in data or form in unpacked:
                    self.found.append(f"{name} in {where}")
                    break

    def look_at_files(self, folder: Path, but: Iterable[str] = ()) -> None:
        """Looks into every file below a folder, and at its name."""
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not any(part in path.parts for part in but):
                self.look(f"the name of {path}", str(path).encode(), "files")
                self.look(f"the file {path.relative_to(folder)}", path.read_bytes(), "files")

    def look_at_redis(self, redis: Redis) -> None:
        """Looks into every key and all that it holds."""
        for key in redis.scan_iter(count=1000):
            self.look(f"the key {key!r}", key + b"\0" + b"\0".join(_held(redis, key)), "redis")

    def look_at_sqlite(self, path: Path) -> None:
        """Looks into every row of every table."""
        connection = sqlite3.connect(path)
        try:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for row in connection.execute(f'SELECT * FROM "{name}"'):
                    said = (value if isinstance(value, bytes) else str(value).encode() for value in row)
                    self.look(f"the table {name}", b"\0".join(said), "sql")
        finally:
            connection.close()

    def look_at_pages(self, client: httpx.Client, starts: Iterable[str], most: int = 400) -> set[str]:
        """Looks into every page that can be had from these by following links; the paths that were seen."""
        wait, seen = list(starts), set()
        while wait and len(seen) < most:
            path = wait.pop(0)
            if path in seen:
                continue
            seen.add(path)
            response = client.get(path)
            self.look(f"the page {path} ({response.status_code})", response.content, "pages")
            self.look(f"the headers of {path}", str(response.headers).encode(), "pages")
            if "html" in response.headers.get("content-type", ""):
                wait += [link for link in links(response.text, path) if link not in seen and link not in wait]
        return seen


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in ("href", "src", "data-src") and value]


def links(page: str, path: str) -> list[str]:
    """The addresses of the same server that a page links to, but for the way out."""
    parser = _Links()
    parser.feed(page)
    whole = (urljoin(path, link) for link in parser.found)
    ours = [urlsplit(link) for link in whole if not urlsplit(link).netloc and urlsplit(link).scheme in ("", "http")]
    return [it._replace(fragment="").geturl() for it in ours if it.path.startswith("/") and "sign-out" not in it.path]


def _unpacked(data: bytes) -> Iterator[bytes]:
    for found in _BASE64.finditer(data):
        text = found[0].rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        try:
            yield b64decode(text + b"=" * (-len(text) % 4))
        except ValueError:
            continue


def _held(redis: Redis, key: bytes) -> Iterator[bytes]:
    match redis.type(key):
        case b"string":
            yield redis.get(key) or b""
        case b"hash":
            yield from (part for pair in redis.hgetall(key).items() for part in pair)
        case b"list":
            yield from redis.lrange(key, 0, -1)
        case b"set":
            yield from redis.smembers(key)
        case b"zset":
            yield from redis.zrange(key, 0, -1)
        case b"stream":
            for id_, fields in redis.xrange(key):
                yield id_
                yield from (part for pair in (fields or {}).items() for part in pair)


def without(values: Mapping[str, str], *names: str) -> dict[str, str]:
    """The values but for some."""
    return {name: value for name, value in values.items() if name not in names}
