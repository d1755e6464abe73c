"""Drafts: versions that nobody published, called in development alone."""

from __future__ import annotations

from dataclasses import replace

import httpx
from running import FROM, LINE, TO, TOKEN, Running, words

from ivr.store.versions import version_of
from ivr.switchboard.lines import keep_copy
from ivr.web import create_app
from ivr.web.drafts import VERSION_HEADER


def test_a_call_begins_with_the_draft_that_it_names(service: Running) -> None:
    """The draft from this machine's copy, to its end, while all others hear what is live; what is none is refused."""
    files = {
        "test.yaml": LINE.replace("Goodbye.", "So long.").replace("en-US: Welcome", "en-US: Draft. Welcome").encode()
    }
    version = keep_copy(service.settings.data / "versions", files)
    assert version == version_of(files)

    def begin(sid: str, **headers: str) -> httpx.Response:
        form = {"From": FROM, "To": TO, "CallSid": sid}
        return httpx.post(f"{service.url}/voice", data=form, headers=headers, timeout=30)

    assert "Draft." in words(begin("CA1", **{VERSION_HEADER: version}))
    assert httpx.get(f"{service.url}/dev/calls/CA1", timeout=30).json()["version"] == version
    assert "Draft." not in words(begin("CA2"))
    assert begin("CA3", **{VERSION_HEADER: "../../etc"}).status_code == 400
    unknown = begin("CA4", **{VERSION_HEADER: "0" * 12})
    assert (unknown.status_code, "<Response>" in unknown.text) == (200, True)  # an apology, and a person


def test_where_carriers_call_nobody_chooses_the_version(service: Running) -> None:
    """With a PUBLIC_URL the header means nothing."""
    files = {"test.yaml": LINE.replace("en-US: Welcome", "en-US: Draft. Welcome").encode()}
    version = keep_copy(service.settings.data / "versions", files)
    app = create_app(replace(service.settings, public_url="https://phone.example.com", auth_tokens=(TOKEN,)))
    try:
        assert app.before_request_funcs.get(None, []) == []
        answer = app.test_client().post("/voice", data={"CallSid": "CA9"}, headers={VERSION_HEADER: version})
        assert answer.status_code == 403
    finally:
        app.extensions["ivr"].close()
