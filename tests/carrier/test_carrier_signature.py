"""Who signed a request: our check against that of Twilio's library."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import Headers, MultiDict

from ivr.carrier.profile import TWILIO, Profile
from ivr.carrier.signature import Pairs, check, other_port
from ivr.carrier.urls import base_url, public_urls

TOKEN = "0123456789abcdef0123456789abcdef"
URL = "https://phone.example.com/voice"
PARAMS = (("CallSid", "CA1"), ("From", "+15005550001"), ("Digits", ""))
SHA256 = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"

Form = Sequence[tuple[str, str]]


def sign(url: str, form: Form = (), token: str = TOKEN, algorithm: str = "HMAC_SHA1") -> str:
    """The signature by Twilio's library."""
    return str(RequestValidator(token).compute_signature(url, MultiDict(form), algorithm))


def genuine(
    url: str,
    content: Pairs | bytes,
    signature: str,
    *tokens: str,
    settings: str | None = None,
    profile: Profile = TWILIO,
) -> bool:
    """Whether our check takes the request."""
    headers = {"X-Twilio-Signature": signature}
    if settings is not None:
        headers["X-Twilio-Webhooks-Signature-Settings"] = settings
    return check(profile, tokens or (TOKEN,), (url,), headers, content)


def test_the_worked_example_of_twilios_documentation() -> None:
    """The example that Twilio's security page works through is genuine."""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+12349013030",
        "Digits": "1234",
        "From": "+12349013030",
        "To": "+18005551212",
    }
    assert genuine(url, form.items(), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "12345")


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
forms = st.lists(st.tuples(words, words), max_size=6).map(tuple)
letters = st.text("abcXYZ019-_.~%/:@+", max_size=12)
queries = st.one_of(
    st.just(""),
    st.lists(st.tuples(st.sampled_from(["a", "b", "bodySHA256"]), letters), min_size=1, max_size=3).map(
        lambda pairs: "?" + "&".join(f"{name}={value}" for name, value in pairs)
    ),
)
hosts = st.sampled_from(["phone.example.com", "127.0.0.1", "localhost", "xn--bcher-kva.example"])
ports = st.sampled_from(["", ":80", ":443", ":8000", ":65535"])
urls = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}/{path}{query}",
    st.sampled_from(["http", "https"]),
    hosts,
    ports,
    letters,
    queries,
)


@how(deadline=None)
@given(urls, forms, words.filter(bool), st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]), st.booleans(), st.data())
def test_what_the_library_takes_we_take(
    url: str, form: Form, token: str, algorithm: str, ported: bool, data: st.DataObject
) -> None:
    """Any form that is signed with any token, over the URL with or without its port, is genuine in any order.

    Repeated names, empty values and every letter included: the library agrees each time.
    """
    signature = sign(other_port(url) if ported else url, form, token, algorithm)
    settings = f"algorithm={algorithm}" if algorithm != "HMAC_SHA1" or data.draw(st.booleans()) else None
    assert RequestValidator(token).validate(url, MultiDict(form), signature, algorithm)
    assert genuine(url, data.draw(st.permutations(form)), signature, "another", token, settings=settings)


def mutations(draw: st.DrawFn, url: str, form: list[tuple[str, str]], signature: str) -> tuple[str, Form, str]:
    """The request with one thing changed."""
    match draw(st.sampled_from(["url", "value", "name", "drop", "add", "repeat", "signature", "form"])):
        case "url":
            at = draw(st.integers(len("https://x"), len(url)))
            url = url[:at] + draw(st.sampled_from("x9/")) + url[at:]
        case "value" if form:
            at = draw(st.integers(0, len(form) - 1))
            form[at] = (form[at][0], form[at][1] + draw(words))
        case "name" if form:
            at = draw(st.integers(0, len(form) - 1))
            form[at] = (form[at][0] + draw(words), form[at][1])
        case "drop" if form:
            form.pop(draw(st.integers(0, len(form) - 1)))
        case "add":
            form.append((draw(words), draw(words)))
        case "repeat" if form:
            form.append(draw(st.sampled_from(form)))
        case "signature":
            at = draw(st.integers(0, len(signature) - 1))
            signature = signature[:at] + draw(st.sampled_from("aA=\xe9 ")) + signature[at + 1 :]
        case _:
            form = []
    return url, form, signature


@how(deadline=None)
@given(urls, forms, st.data())
def test_what_the_library_refuses_we_refuse(url: str, form: Form, data: st.DataObject) -> None:
    """A request with something changed after it was signed is genuine exactly where the library says so."""
    try:
        url, form, signature = mutations(data.draw, url, list(form), sign(url, form))
        expected = RequestValidator(TOKEN).validate(url, MultiDict(form), signature)
    except ValueError:
        return  # the change made a port that is none
    assert genuine(url, form, signature) == expected


@how(deadline=None)
@given(urls, st.binary(max_size=50), st.binary(max_size=50), st.booleans())
def test_a_body_is_vouched_for_by_its_url(url: str, body: bytes, other: bytes, ported: bool) -> None:
    """A body that is no form is genuine where the signed URL has its hash, and no other body is."""
    url = f"{url.partition('?')[0]}?a=1&bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = sign(other_port(url) if ported else url)
    assert genuine(url, body, signature)
    assert genuine(url, other, signature) == (other == body)


@pytest.mark.parametrize("query", ["", "?bodySHA256=", "?bodySHA256=é", "?x=1"])
def test_a_body_that_nobody_vouched_for_is_refused(query: str) -> None:
    """A body is refused where the URL, however well signed, does not say its hash."""
    assert not genuine(URL + query, b"{}", sign(URL + query))


def test_a_text_body_as_the_library_sees_it() -> None:
    """The library takes the same JSON body, and refuses the same changed one."""
    body = '{"status": "é \\n"} '
    url = f"{URL}?bodySHA256={hashlib.sha256(body.encode()).hexdigest()}"
    for text in (body, body.strip()):
        assert genuine(url, text.encode(), sign(url)) == RequestValidator(TOKEN).validate(url, text, sign(url))


def test_a_get_is_signed_over_its_query() -> None:
    """A GET has no form: its URL with its query is what counts."""
    url = f"{URL}?CallSid=CA1&Digits=1"
    assert genuine(url, (), sign(url))
    assert not genuine(f"{URL}?CallSid=CA1&Digits=2", (), sign(url))


def test_white_space_counts() -> None:
    """White space of a value is signed, so a value without it is another."""
    assert genuine(URL, [("a", " 1 ")], sign(URL, [("a", " 1 ")]))
    assert not genuine(URL, [("a", "1")], sign(URL, [("a", " 1 ")]))


def test_tokens_rotate() -> None:
    """While two tokens are known, either signs; a third does not; and an empty token signs nothing."""
    for token in ("old", "new"):
        assert genuine(URL, PARAMS, sign(URL, PARAMS, token), "old", "new")
    assert not genuine(URL, PARAMS, sign(URL, PARAMS, "third"), "old", "new")
    assert not check(TWILIO, (), (URL,), {"X-Twilio-Signature": sign(URL, PARAMS)}, PARAMS)
    empty_key = RequestValidator("").compute_signature(URL, MultiDict(PARAMS))
    assert not genuine(URL, PARAMS, empty_key, "", "new")


@pytest.mark.parametrize(
    ("settings", "algorithm", "taken"),
    [
        (SHA256, "HMAC_SHA256", True),
        (SHA256.lower().replace("hmac", "Hmac"), "HMAC_SHA256", True),
        ("algorithm = HMAC_SHA256 , key=1", "HMAC_SHA256", True),
        ("", "HMAC_SHA1", True),
        ("key=1", "HMAC_SHA1", True),
        ("algorithm=", "HMAC_SHA1", True),
        (SHA256, "HMAC_SHA1", False),
        ("", "HMAC_SHA256", False),
        ("algorithm=HMAC_MD5", "HMAC_SHA1", False),
        ("algorithm=none", "HMAC_SHA1", False),
    ],
)
def test_the_settings_header_names_the_algorithm(settings: str, algorithm: str, taken: bool) -> None:
    """A shared key signs with SHA-256 where the settings header says so; an algorithm nobody knows is refused."""
    assert genuine(URL, PARAMS, sign(URL, PARAMS, algorithm=algorithm), settings=settings) == taken


@pytest.mark.parametrize("signature", ["", " ", "é\udcff", "=" * 28, "\0"])
def test_no_signature_is_no_signature(signature: str) -> None:
    """Nothing, or noise, in the place of a signature is refused without an error."""
    assert not genuine(URL, PARAMS, signature)
    assert not check(TWILIO, (TOKEN,), (URL,), {}, PARAMS)
    assert not check(TWILIO, (TOKEN,), (), {"X-Twilio-Signature": sign(URL, PARAMS)}, PARAMS)


@how(deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_noise_never_raises(url: str, name: str, signature: str, settings: str) -> None:
    """Whatever the URL, the form and the headers are, the answer is yes or no, and here no."""
    assert not genuine(url, [(name, signature)], signature, settings=settings)
    assert not genuine(url, name.encode(errors="replace"), signature, settings=settings)


def test_headers_of_any_case_and_other_carriers() -> None:
    """A web framework's headers are read as they are, and a carrier with two signature headers may use either."""
    signalwire = Profile("SignalWire", ("X-SignalWire-Signature", "X-Twilio-Signature"), None, 3000, 64_000)
    for name in ("x-twilio-signature", "X-SIGNALWIRE-SIGNATURE"):
        assert check(signalwire, (TOKEN,), (URL,), Headers([(name, sign(URL, PARAMS))]), PARAMS)
    assert not check(TWILIO, (TOKEN,), (URL,), Headers([("X-SignalWire-Signature", sign(URL, PARAMS))]), PARAMS)


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://x.example/p", "https://x.example:443/p"),
        ("http://x.example/p?a=b:1", "http://x.example:80/p?a=b:1"),
        ("http://x.example:8000/p", "http://x.example/p"),
        ("https://x.example", "https://x.example:443"),
        ("https://x.example?a=1", "https://x.example:443?a=1"),
        ("https://user:pass@x.example:8443/p", "https://user:pass@x.example/p"),
        ("http://[::1]:8000/p", "http://[::1]/p"),
        ("http://[::1]/p", "http://[::1]:80/p"),
    ],
)
def test_ports(url: str, other: str) -> None:
    """A port goes where there is one, and the scheme's own comes where there is none."""
    assert other_port(url) == other


PUBLIC = [
    # public_url, path, query, candidates
    (None, "/voice", "", ["http://127.0.0.1:8000/voice"]),
    ("", "/voice", "a=1", ["http://127.0.0.1:8000/voice?a=1"]),
    ("https://phone.example.com", "/voice", "", ["https://phone.example.com/voice"]),
    ("https://phone.example.com/", "/voice/CA1/3", "s=%20x", ["https://phone.example.com/voice/CA1/3?s=%20x"]),
    ("https://example.com:8443/ivr/", "/voice", "", ["https://example.com:8443/ivr/voice"]),
    (
        "https://example.com/ivr",
        "/ivr/voice",
        "a=1",
        ["https://example.com/ivr/ivr/voice?a=1", "https://example.com/ivr/voice?a=1"],
    ),
    ("https://example.com/ivr", "/ivrvoice", "", ["https://example.com/ivr/ivrvoice"]),
    ("https://example.com/ivr?x=1#rc=2", "/voice", "", ["https://example.com/ivr/voice"]),
]


@pytest.mark.parametrize(("public_url", "path", "query", "candidates"), PUBLIC)
def test_the_url_that_was_called(public_url: str | None, path: str, query: str, candidates: list[str]) -> None:
    """The configured address, with or without the path a proxy took off; else the request's own, and no other."""
    assert list(public_urls(public_url, "http", "127.0.0.1:8000", path, query)) == candidates
    assert candidates[0].startswith(base_url(public_url, "http", "127.0.0.1:8000") + "/")
