"""HTTP for thousands of webhooks a second: aiohttp, whose parser is compiled, over connections that stay open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

import aiohttp
from yarl import URL

from ivr.phone.twiml import Method

BODY_LIMIT = 64 * 1024
"""Bytes: "Body limit 64 kB."""

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


class WebhookError(Exception):
    """A webhook that went wrong: `cause` in words that failures are counted by, `text` what happened."""

    def __init__(self, cause: str, text: str, *, answered: bool = False) -> None:
        super().__init__(f"{cause}: {text}")
        self.cause = cause
        self.text = text
        self.answered = answered  # or waited for as long as a carrier waits: its latency counts


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered; `cookies` are those that it set."""

    status: int
    content_type: str
    location: str
    body: bytes
    cookies: Mapping[str, str]


class Wire:
    """Connections to the service, a context that closes them.

    A carrier may open a new connection for each webhook; these are kept, as a proxy in front of a service keeps them.
    One that the server closed in the meantime is no failure of the service: such a webhook is sent once more, and
    `again` counts it.
    """

    def __init__(self, timeout: float) -> None:
        """Wait so many seconds for an answer."""
        self.again = 0
        self._timeout = timeout
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
            skip_auto_headers=("Accept-Encoding",),
        )

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def send(
        self, method: Method, url: str, body: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Reply:
        """One request and its answer, whatever its status. Raises WebhookError where there is none."""
        try:
            try:
                return await self._send(method, url, body, headers, cookies)
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                self.again += 1
                return await self._send(method, url, body, headers, cookies)
        except TimeoutError:
            raise WebhookError("time-out", f"no answer within {self._timeout:g} s", answered=True) from None
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, ConnectionRefusedError)
            raise WebhookError("connection refused" if refused else "no connection", str(error)) from None
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError) as error:
            raise WebhookError("connection closed", str(error)) from None
        except (aiohttp.InvalidURL, ValueError) as error:
            raise WebhookError("error 11100", str(error)) from None
        except aiohttp.ClientError as error:
            raise WebhookError("error 11206", str(error)) from None

    async def _send(
        self, method: Method, url: str, body: str, headers: Mapping[str, str], cookies: Mapping[str, str]
    ) -> Reply:
        async with self._session.request(
            method,
            URL(url, encoded=True),  # as it was signed, to the letter
            data=body.encode() if method == "POST" else None,
            headers={**headers, "Content-Type": FORM} if method == "POST" else headers,
            cookies=cookies or None,
            allow_redirects=False,
        ) as response:
            content = bytearray()
            async for chunk in response.content.iter_any():
                content += chunk
                if len(content) > BODY_LIMIT:
                    raise WebhookError("error 11750", f"a body over {BODY_LIMIT // 1024} kB", answered=True)
            return Reply(
                response.status,
                response.content_type if "Content-Type" in response.headers else "",
                response.headers.get("Location", ""),
                bytes(content),
                {name: morsel.value for name, morsel in response.cookies.items()},
            )
