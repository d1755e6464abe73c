"""The carrier's REST calls, by its own library, over HTTP of ours: what is asked of it, and what an answer means.

Three ways to fail, since what to do next differs: `NotDone` (certainly not; ask again), `Refused` (certainly not,
and it never will be), `NoAnswer` (nobody knows whether it was done).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

TIMEOUT = 8.0
"""Seconds that one request may take in all; connecting, a third of that."""

LARGEST_RECORDING = 200 * 1024 * 1024
"""Bytes of a recording's audio that are fetched: an hour in the carrier's WAV has 58 MB."""


class RestError(Exception):
    """The carrier did not do as it was asked. The message has its codes, and nothing that it said of the caller."""


class NotDone(RestError):  # noqa: N818 - it is an answer, not a fault of ours
    """It was certainly not done: nobody was reached, or "429 Too Many Requests". It may be asked again."""


class Refused(RestError):  # noqa: N818
    """It was certainly not done and will not be: a 4xx."""


class NoAnswer(RestError):  # noqa: N818
    """It may have been done: a time-out, a broken connection, or a 5xx."""


class Carrier:
    """The REST calls of one account. Safe between threads; every method raises `RestError`."""

    def __init__(self, account_sid: str, tokens: tuple[str, ...], url: str | None = None) -> None:
        """`tokens` are tried in their order while one is changed for another; `url` is what stands in place of
        `https://api.twilio.com` (TWILIO_API_URL).
        """
        self._http = _Http(account_sid, tokens, url)
        self._client = Client(account_sid, tokens[0], http_client=self._http)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def create_call(self, *, to: str, from_: str, url: str, status_url: str | None = None, ring: int = 30) -> str:
        """Calls a number; who answers gets the document at `url`. The new call's sid. `ring` is in seconds."""
        options: dict[str, Any] = {"status_callback": status_url} if status_url else {}
        call = _asked(lambda: self._client.calls.create(to=to, from_=from_, url=url, timeout=ring, **options))
        return str(call.sid)

    def update_call(
        self, sid: str, *, url: str | None = None, twiml: str | None = None, status: str | None = None
    ) -> None:
        """Sends a call in progress to the document at `url`, or to this one; or ends it (`completed`)."""
        given: dict[str, Any] = {"url": url, "twiml": twiml, "status": status}
        _asked(lambda: self._client.calls(sid).update(**{name: value for name, value in given.items() if value}))

    def move_member(self, queue_sid: str, call_sid: str, url: str) -> None:
        """Takes a caller out of a queue, to the document at `url`.

        "A member moved by REST causes two requests: the new URL is fetched, and Enqueue's action is called".
        """
        _asked(lambda: self._client.queues(queue_sid).members(call_sid).update(url=url, method="POST"))

    def send_message(self, *, to: str, from_: str, body: str) -> str:
        """Sends an SMS; its sid."""
        return str(_asked(lambda: self._client.messages.create(to=to, from_=from_, body=body)).sid)

    def recording(self, sid: str) -> bytes:
        """A recording's audio, as WAV. "Twilio's recordings need account credentials to fetch"."""
        uri = str(_asked(lambda: self._client.recordings(sid).fetch()).uri).removesuffix(".json")
        audio: bytes = _asked(lambda: self._http.audio(uri))
        return audio

    def delete_recording(self, sid: str) -> None:
        """Deletes a recording; one that is gone already counts as deleted."""
        try:
            _asked(lambda: self._client.recordings(sid).delete())
        except Refused as error:
            if not str(error).startswith("404"):
                raise


class _Http(HttpClient):  # type: ignore[misc]  # the library has no types
    """What the library sends its requests with: httpx, to the host that the settings name."""

    def __init__(self, account_sid: str, tokens: tuple[str, ...], url: str | None) -> None:
        super().__init__(None, False, TIMEOUT)
        self._account = account_sid
        self._tokens = tokens
        self._url = url
        # A proxy of the environment is none of ours to use: a token would pass through it.
        self._session = httpx.Client(timeout=httpx.Timeout(TIMEOUT, connect=TIMEOUT / 3), trust_env=False)

    def close(self) -> None:
        self._session.close()

    def request(
        self,
        method: str,
        uri: str,
        params: Mapping[str, object] | None = None,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,  # noqa: ARG002 - ours may be several
        timeout: float | None = None,  # noqa: ARG002 - one for all
        allow_redirects: bool = False,  # noqa: ARG002 - never: a token must not follow one
    ) -> Response:
        """One request, with the first token that the carrier takes."""
        parts = urlsplit(uri)
        if self._url:
            uri = self._url + parts.path
        for token in self._tokens:
            answer = self._session.request(
                method,
                uri,
                params=None if params is None else {name: str(value) for name, value in params.items()},
                data=None if data is None else {name: str(value) for name, value in data.items()},
                headers=dict(headers or {}),
                auth=(self._account, token),
            )
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                break
        return Response(answer.status_code, answer.text, dict(answer.headers))

    def audio(self, path: str) -> bytes:
        """What lies at a path of the account, up to a size that a recording has."""
        uri = (self._url or "https://api.twilio.com") + path + ".wav"
        for token in self._tokens:
            with self._session.stream("GET", uri, auth=(self._account, token), follow_redirects=False) as answer:
                if answer.status_code == httpx.codes.UNAUTHORIZED:
                    continue
                if not answer.is_success:
                    raise TwilioRestException(answer.status_code, path)
                content = bytearray()
                for piece in answer.iter_bytes():
                    content += piece
                    if len(content) > LARGEST_RECORDING:
                        raise Refused(f"the recording has more than {LARGEST_RECORDING} bytes")
                return bytes(content)
        raise TwilioRestException(httpx.codes.UNAUTHORIZED, path)


def _asked(ask: Any) -> Any:
    """The answer; or what kind of failure it was."""
    try:
        return ask()
    except TwilioRestException as error:
        what = f"{error.status}" + (f", code {error.code}" if error.code else "")
        if error.status == httpx.codes.TOO_MANY_REQUESTS:
            raise NotDone(what) from None
        raise (Refused if 300 <= error.status < 500 else NoAnswer)(what) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotDone(type(error).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # ValueError: an answer that is no JSON
        raise NoAnswer(type(error).__name__) from None
