"""The lines' static documents where they are hosted: whether a carrier that falls back to one gets the right one."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx

TYPES = ("text/xml", "application/xml", "text/html")
"""What is "read as TwiML; `text/plain` would be spoken; a wrong type is error 12300"."""

PATIENCE = 3.0
"""Seconds that a host may take."""

AT_ONCE = 16
MOST = 200
"""Documents that are looked at."""


def amiss(base: str, documents: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the hosted documents, in words, by line. `documents` are those of the live versions, by line;
    each is asked for at `base`/LINE.xml. Raises nothing.
    """
    lines = sorted(documents)[:MOST]
    with (
        httpx.Client(timeout=PATIENCE, follow_redirects=True, trust_env=False) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        told = pool.map(lambda line: _amiss(client, f"{base}/{line}.xml", documents[line]), lines)
        return {line: words for line, words in zip(lines, told, strict=True) if words}


def _amiss(client: httpx.Client, url: str, document: str) -> str:
    try:
        answer = client.get(url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"the document cannot be fetched there ({type(error).__name__})"
    if answer.status_code != httpx.codes.OK:
        return f"there is no document: the host answers {answer.status_code}"
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in TYPES:
        return f"the host calls the document {kind or 'nothing'}, where carriers want text/xml"
    if answer.text.strip() != document.strip():
        return "the document there is not that of the live version"
    return ""
