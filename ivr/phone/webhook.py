"""HTTP as a carrier speaks it: signed forms, cookies for the call, redirects, limits of size and time.

Everything that the phone sends, audio apart, goes through `Webhooks._send`: one place for what a network may
do to a webhook. A `transport` given by the caller of the API stands between it and the wire.
"""

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import uuid4

import httpx

from ivr.phone.audio import wav_seconds
from ivr.phone.events import CarrierError
from ivr.phone.signature import sign
from ivr.phone.twiml import Method

TIMEOUT = 15.0
"""Seconds: "15 s for a response, hard."""
BODY_LIMIT = 64 * 1024
"""Bytes: "Body limit 64 kB."""
REDIRECTS = 10
""" "At most 10 HTTP redirects"."""
AUDIO_HEAD = 4096
"""Bytes of audio to read: enough for the header of a WAV file, which tells how long it lasts."""

PRETENDED = "X-Pretended-Seconds"
"""A header of an answer: by a manual clock, it came so many seconds after the request."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """What to ask for: `params` are the verb's own (Digits and the like), not those of every request.

    The fragment of `url` may override how often, and upon what, a request is tried again (`Retries`).
    """

    url: str
    method: Method = "POST"
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, from the `url` at the end of all redirects, in `took` seconds of a manual clock."""

    url: str
    status: int
    content_type: str
    body: bytes
    took: float = 0


@dataclass(frozen=True, slots=True)
class Retries:
    """ "By default one retry on a connection failure (`rc=1`, `rp=ct`); with connection overrides in the URL's
    fragment up to five, on 4xx/5xx/timeouts too."
    """

    count: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, url: str) -> "Retries":
        """What the fragment of a URL says. Raises CarrierError 11100 where it makes no sense."""
        given = dict(parse_qsl(urlsplit(url).fragment))
        count, policy = given.get("rc", "1"), frozenset(given.get("rp", "ct").split(","))
        if count not in tuple("012345") or policy - {"ct", "rt", "4xx", "5xx", "all"}:
            raise CarrierError(11100, f"Invalid URL format: {url!r}: rc is 0 to 5, rp among ct, rt, 4xx, 5xx, all")
        return cls(int(count), policy)

    def wanted(self, outcome: "Reply | CarrierError") -> bool:
        """Whether such an outcome is tried again."""
        if isinstance(outcome, CarrierError):
            kind = {11205: "ct", 11210: "ct", 11200: "rt"}.get(outcome.code, "")
        else:
            kind = f"{outcome.status // 100}xx" if outcome.status >= 400 else ""
        return bool(kind) and bool(self.policy & {kind, "all"})


class Webhooks:
    """The HTTP side of one call, a context that ends with it."""

    def __init__(
        self,
        auth_token: str | None = None,
        transport: httpx.BaseTransport | None = None,
        headers: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        """Sign with `auth_token`, or not at all without one; send through `transport` where one is given.

        `headers` gives those that each request has beside a carrier's own.
        """
        self._token = auth_token
        self.headers = headers
        self._client = httpx.Client(
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
            timeout=httpx.Timeout(TIMEOUT, connect=5.0),
            transport=transport,
            verify=_trust(),
            # A kept connection that its server has closed would look like an application that failed.
            limits=httpx.Limits(max_keepalive_connections=0),
            # The application is nearby; a proxy from the environment would only lose the way to it.
            trust_env=False,
        )

    def __enter__(self) -> "Webhooks":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the cookies and close what is open."""
        self._client.close()

    def document(self, fetch: Fetch, common: Mapping[str, str], *, again: bool = False) -> Reply:
        """Ask for a TwiML document; `common` are the parameters of every request, `again` tells of a repetition.

        "`text/xml`, `application/xml`, `text/html` are read as TwiML; `text/plain` would be spoken; a wrong
        type is error 12300, an empty body 11770". Raises CarrierError for these and all that `_follow` does.
        """
        reply = self._follow(fetch, common, again=again)
        if not reply.body.strip():
            raise CarrierError(11770, f"Empty response body from {fetch.url}", took=reply.took, status=reply.status)
        if reply.content_type not in ("text/xml", "application/xml", "text/html"):
            text = f"Invalid Content-Type {reply.content_type or '(none)'} from {fetch.url}"
            raise CarrierError(12300, text, took=reply.took, status=reply.status)
        return reply

    def notify(self, fetch: Fetch, common: Mapping[str, str]) -> None:
        """Tell the application something whose answer does not matter (status, recording).

        "an empty body 11770 (answer status callbacks with `<Response/>` or 204)": raises CarrierError for
        an empty 200, and for all that `_follow` does.
        """
        reply = self._follow(fetch, common)
        if reply.status != 204 and not reply.body.strip():
            raise CarrierError(11770, f"Empty response body from {fetch.url}; answer <Response/> or 204")

    def audio(self, url: str) -> float:
        """Seconds that the audio at `url` lasts; 1 where its header does not tell.

        "Play fetches do not carry the call's parameters, and are not form posts." Raises CarrierError where
        it cannot be had (112xx) or is no audio (13420).
        """
        reply = self._send("GET", url, {}, limit=None)
        if reply.status != 200:
            raise CarrierError(11200, f"HTTP {reply.status} from {url}")
        if not reply.content_type.startswith("audio/"):
            raise CarrierError(13420, f"Play: Invalid Content-Type {reply.content_type or '(none)'} from {url}")
        return wav_seconds(reply.body) or 1.0

    def _follow(self, fetch: Fetch, common: Mapping[str, str], *, again: bool = False) -> Reply:
        """Send, and follow redirects. Raises CarrierError: 11200 unless the end of it is a 2xx.

        "At most 10 HTTP redirects; **after a 3xx on a Gather action, `Digits` is not sent again**": what is
        sent after the first hop are the common parameters alone; by GET, unless 307 or 308 keep the method.
        """
        url, method, params = fetch.url, fetch.method, {**common, **fetch.params}
        took = 0.0
        for _ in range(REDIRECTS + 1):
            reply = self._send(method, url, params, limit=BODY_LIMIT, again=again)
            took += reply.took
            if 200 <= reply.status < 300:
                return replace(reply, took=took)
            if reply.status not in (301, 302, 303, 307, 308):
                raise CarrierError(11200, f"HTTP {reply.status} from {url}", took=took, status=reply.status)
            try:
                url = urljoin(url, reply.body.decode())
            except ValueError as error:
                raise CarrierError(11100, f"Invalid URL format: {error}") from None
            params = dict(common)
            method = method if reply.status in (307, 308) else "GET"
        raise CarrierError(11215, f"HTTP too many redirects from {fetch.url}")

    def _send(
        self, method: Method, url: str, params: Mapping[str, str], *, limit: int | None, again: bool = False
    ) -> Reply:
        """One request and its answer; of a redirect, the body is its Location.

        Over `limit` bytes is error 11750; without a limit only the head of the body is read. "Retries carry
        `I-Twilio-Idempotency-Token`"; "The fragment is not signed", nor sent.
        """
        form = dict(params) if method == "POST" else {}
        try:
            request = self._client.build_request(method, _address(url, {} if form else params), data=form or None)
            if self._token is not None:
                request.headers["X-Twilio-Signature"] = sign(self._token, str(request.url), form)
            retries = Retries.of(url)
            if again:
                request.headers["I-Twilio-Idempotency-Token"] = str(uuid4())
            if self.headers is not None:
                request.headers.update(self.headers())
        except (httpx.InvalidURL, ValueError) as error:
            raise CarrierError(11100, f"Invalid URL format: {url!r}: {error}") from None
        took = 0.0
        for left in range(retries.count, -1, -1):
            outcome = self._try(request, url, limit)
            took += outcome.took
            if not left or not retries.wanted(outcome):
                break
            request.headers.setdefault("I-Twilio-Idempotency-Token", str(uuid4()))
        if isinstance(outcome, CarrierError):
            outcome.took = took
            raise outcome
        return replace(outcome, took=took)

    def _try(self, request: httpx.Request, url: str, limit: int | None) -> Reply | CarrierError:
        """One try: the answer, or what a carrier would log."""
        try:
            reply = self._receive(request, limit)
        except CarrierError as error:
            return error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if _no_such_host(error):
                return CarrierError(11210, f"HTTP bad host name: {url}")
            return CarrierError(11205, f"HTTP connection failure to {url}: {error}")
        except httpx.TimeoutException:
            return CarrierError(11200, f"no answer within {TIMEOUT:.0f} s from {url}")
        except httpx.ProtocolError as error:
            return CarrierError(11206, f"HTTP protocol violation from {url}: {error}")
        except httpx.HTTPError as error:
            return CarrierError(11200, f"HTTP retrieval failure from {url}: {error}")
        if reply.took >= TIMEOUT:
            return CarrierError(11200, f"no answer within {TIMEOUT:.0f} s from {url}", took=TIMEOUT)
        return reply

    def _receive(self, request: httpx.Request, limit: int | None) -> Reply:
        deadline = time.monotonic() + TIMEOUT
        response = self._client.send(request, stream=True)
        try:
            url, status = str(request.url), response.status_code
            took = _pretended(response)
            content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if 300 <= status < 400:
                return Reply(url, status, content_type, response.headers.get("Location", "").encode(), took)
            body = bytearray()
            for chunk in response.iter_bytes(AUDIO_HEAD):
                body += chunk
                if limit is None and len(body) >= AUDIO_HEAD:
                    break
                if limit is not None and len(body) > limit:
                    raise CarrierError(11750, f"Response body over {limit // 1024} kB from {url}")
                if time.monotonic() > deadline:
                    raise CarrierError(11200, f"no answer within {TIMEOUT:.0f} s from {url}")
            return Reply(url, status, content_type, bytes(body), took)
        finally:
            response.close()


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust over HTTPS: read once, since reading it takes longer than most calls."""
    return httpx.create_ssl_context(trust_env=False)


def _no_such_host(error: BaseException | None) -> bool:
    """Whether a connection failed since nobody knows the host, which its causes tell."""
    while error is not None and not isinstance(error, socket.gaierror):
        error = error.__cause__ or error.__context__
    return error is not None


def _pretended(response: httpx.Response) -> float:
    try:
        seconds = float(response.headers.get(PRETENDED, "0"))
    except ValueError:
        return 0.0
    return seconds if seconds > 0 else 0.0


def _address(url: str, query: Mapping[str, str]) -> str:
    """`url` without its fragment and with more of a query. Raises ValueError unless it is one of the web."""
    parts = urlsplit(url)._replace(fragment="")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError("neither http nor https, or no host")
    return parts._replace(query="&".join(filter(None, (parts.query, urlencode(query))))).geturl()
