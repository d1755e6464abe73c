"""The carrier's REST calls, by its own library, over HTTP of ours: what is asked of it, and what an answer means.

Three ways to fail, since what to do next differs: `NotDone` (certainly not; ask again), `Refused` (certainly not,
and it never will be), `NoAnswer` (nobody knows whether it was done).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.carrier.account import AccountNumber, Called, Hook, account_number

TIMEOUT = 8.0
"""Seconds that one request may take in all; connecting, a third of that."""

LARGEST_PAGE = 1000
"""Numbers that the carrier lists at once, at most."""

LISTING = 15.0
"""Seconds after which no further page of a list is asked for."""

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

    def numbers(self, most: int) -> list[AccountNumber]:
        """The account's numbers, at most so many. One that takes long is given up (NoAnswer)."""
        return list(_asked(lambda: self._numbers(most)))

    def _numbers(self, most: int) -> list[AccountNumber]:
        until = time.monotonic() + LISTING
        found: list[AccountNumber] = []
        try:
            page = self._client.incoming_phone_numbers.page(page_size=min(most, LARGEST_PAGE))
            while page is not None and len(found) < most:
                if time.monotonic() > until:
                    raise NoAnswer(f"the list was not at its end after {LISTING:.0f} s")
                found += map(account_number, page)
                page = page.next_page()
        except (AttributeError, KeyError, TypeError) as error:  # the library trusts what comes
            raise ValueError("an answer that is no list of numbers") from error
        return found[:most]

    def set_number(self, sid: str, hooks: Mapping[Called, Hook], *, take_over: bool = False) -> AccountNumber:
        """Sets these addresses of a number, and leaves the others; the number as it is then.

        With `take_over` it is taken from its trunk or application, and takes calls instead of faxes.
        """
        names: dict[Called, tuple[str, str]] = {
            "voice": ("voice_url", "voice_method"),
            "fallback": ("voice_fallback_url", "voice_fallback_method"),
            "status": ("status_callback", "status_callback_method"),
        }
        given = {
            name: value
            for called, hook in hooks.items()
            for name, value in zip(names[called], (hook.url, hook.method), strict=True)
        }
        if take_over:
            given |= {"voice_application_sid": "", "trunk_sid": "", "voice_receive_mode": "voice"}
        done = _asked(lambda: self._client.incoming_phone_numbers(sid).update(**given))
        answer: AccountNumber = _asked(lambda: account_number(done))
        return answer

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
        if self._url:
            parts = urlsplit(uri)
            uri = self._url + parts.path + (f"?{parts.query}" if parts.query else "")  # of a list's next page
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
        raise _failure(error.status, error.code) from None
    except TwilioException as error:  # of a list, which tells it in another way
        answer = error.args[-1] if error.args else None
        if not isinstance(answer, Response):
            raise NoAnswer("an answer that is no list") from None
        raise _failure(answer.status_code, _code(answer.text)) from None
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotDone(type(error).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # ValueError: an answer that is no JSON
        raise NoAnswer(type(error).__name__) from None


def _failure(status: int, code: object) -> RestError:
    what = f"{status}" + (f", code {code}" if code else "")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return NotDone(what)
    return (Refused if 300 <= status < 500 else NoAnswer)(what)


def _code(text: str) -> int | None:
    """The carrier's own code of an error."""
    try:
        code = json.loads(text).get("code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, int) else None
