"""What hands, editors, merges and people who mean harm do to the text of a menu file: each takes it, and dice."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

KEYS = [
    "say", "menu", "ask", "go", "give_up", "tries", "wait", "between", "digits", "type", "save", "secret", "confirm",
    "if", "then", "else", "switch", "cases", "set", "lookup", "found", "not_found", "failed", "hours", "open",
    "closed", "dial", "answered", "busy", "no_answer", "voicemail", "queue", "left", "full", "survey", "language",
    "run", "with", "goal", "interruptible", "no_input", "no_match", "extension", "line", "numbers", "timezone",
    "country", "languages", "start", "steps", "operator", "last_resort", "anywhere", "lookups", "limits", "priority",
    "agents", "queues", "skills", "pin", "phone", "piece", "needs", "gives", "outcomes", "table", "where", "next",
    "get", "post", "headers", "en-US", "es-MX", "<<", "1 -> main", "star -> back", "service.closed", "hangup", "",
    "~",
]  # fmt: skip
SCALARS = [
    "", "no", "~", "null", "1", "-1", "0x1F", "1e999", "99999999999999999999", "١٢٣", "²", "12:30:45", "2026-13-45",
    "[]", "{}", "[[[]]]", "{a: {b: c}}", "hangup", "back", "operator", "main", "<x>", "<now as date>", "<pause 99s>",
    "<<<>>>", "*a", "&a x", "!!python/object/apply:os.system [id]", "!!binary aGk=", "%TAG", "@x", "`x`", "'", '"',
    '"\\ud800"', '"\\x00"', '"\\e[31m"', "{{ 7*7 }}", "<script>alert(1)</script>", "]]>", "&amp;",
    "../../etc/passwd", "24/7", "PH off", "Mo-Su 00:00-24:00", "2020 Jan 01", "call.tries < 3", "call.from == 1",
    "true && (", "+15005550006", "+1", "UTC", "Europe/../UTC", "Mars/Base", "en-US", "xx-XX", "es", "éa", "🙂",
    "x" * 3_001, "a " * 2_000, "|", ">-", "? x", "- x", "# x", "x # y", "x: y", "5s", "0s", "100h", "10%", "true",
    "pieces/identify", "run: a", "1 -> x", "-> x", "* -> x", "\u202etxet", "a\u0301" * 50, "\u200b", "Ⅷ",
    "\uff21\uff22", "ß", "İ", "\u00a0", "\ufeff", "\u2028", "\x85", "\x7f",
]  # fmt: skip
SIGNS = [
    *"\t\r\n:#*&!|>'\"%@`{}[],?-<>~\\=$^", "\x00", "\x1b", "\x85", "\u2028", "\u00a0", "\u202e", "\ufeff", "\ud800",
    "é", "🙂", ": ", " #", "- ", "<<: *a", "---\n", "...\n", "  ", "\r\n",
]  # fmt: skip
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7", "cp037"]


def _rows(text: str, dice: Random, change: Callable[[list[str], int], None]) -> str:
    rows = text.split("\n")
    change(rows, dice.randrange(len(rows)))
    return "\n".join(rows)


def gone(text: str, dice: Random) -> str:
    """Some lines are lost."""
    many = dice.choice((1, 1, 2, 5, 40))
    return _rows(text, dice, lambda rows, at: rows.__delitem__(slice(at, at + many)))


def doubled(text: str, dice: Random) -> str:
    """Some lines stand somewhere else, too, as after a bad merge."""
    many, to = dice.choice((1, 1, 3, 20)), dice.random()

    def change(rows: list[str], at: int) -> None:
        place = int(to * len(rows))
        rows[place:place] = rows[at : at + many]

    return _rows(text, dice, change)


def swapped(text: str, dice: Random) -> str:
    """Two lines stand in each other's place."""
    to = dice.random()

    def change(rows: list[str], at: int) -> None:
        other = int(to * len(rows))
        rows[at], rows[other] = rows[other], rows[at]

    return _rows(text, dice, change)


def shifted(text: str, dice: Random) -> str:
    """Some lines are further in or out than they were."""
    many, by = dice.choice((1, 1, 4, 30)), dice.choice((-4, -2, -1, 1, 2, 4, 60))

    def change(rows: list[str], at: int) -> None:
        for number in range(at, min(at + many, len(rows))):
            row = rows[number]
            deep = len(row) - len(row.lstrip())
            rows[number] = " " * max(0, deep + by) + row.lstrip() if row.strip() else row

    return _rows(text, dice, change)


def renamed(text: str, dice: Random) -> str:
    """A key has another name, everywhere or in one place."""
    found: list[str] = re.findall(r"^\s*([\w-]+):", text, re.MULTILINE)
    old, new = dice.choice(found or [""]), dice.choice([*KEYS, *(found or [""])])
    return re.sub(rf"(?m)^(\s*){re.escape(old)}:", rf"\g<1>{new}:", text, count=dice.choice((0, 1)))


def named_otherwise(text: str, dice: Random) -> str:
    """A word of the file is another word of it, or an odd one, once."""
    words = re.findall(r"[\w.+-]+", text) or ["x"]
    old, new = dice.choice(words), dice.choice([*words, *SCALARS])
    places = [match.start() for match in re.finditer(re.escape(old), text)] or [0]
    place = dice.choice(places)
    return text[:place] + new + text[place + len(old) :]


def given_otherwise(text: str, dice: Random) -> str:
    """A value is an odd one, or that of another key."""
    values = [row.partition(":")[2].strip() for row in text.split("\n") if ": " in row]
    value = dice.choice([*SCALARS, *values])

    def change(rows: list[str], at: int) -> None:
        rows[at] = f"{rows[at].partition(':')[0]}: {value}"

    return _rows(text, dice, change)


def nested(text: str, dice: Random) -> str:
    """A value is nested much deeper."""
    deep = dice.choice((1, 5, 19, 21, 300))
    begins, ends = dice.choice((("[", "]"), ("{a: ", "}"), ("- ", "")))

    def change(rows: list[str], at: int) -> None:
        key, _, value = rows[at].partition(":")
        rows[at] = f"{key}: {begins * deep}{value.strip()}{ends * deep}"

    return _rows(text, dice, change)


def anchored(text: str, dice: Random) -> str:
    """Anchors, aliases, merge keys and tags, as YAML people write them; and a bomb of aliases."""
    what = dice.choice(["&a ", "*a", "<<: *a", "!!str ", "!odd ", "!!map {}", "&a [*a, *a]", "%YAML 1.2\n---\n"])
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    if dice.random() < 0.1:
        return bomb + text

    def change(rows: list[str], at: int) -> None:
        key, colon, value = rows[at].partition(":")
        deep = len(key) - len(key.lstrip())
        rows[at] = f"{' ' * deep}{what}\n{rows[at]}" if what.startswith("<<") else f"{key}{colon} {what}{value}"

    return _rows(text, dice, change)


def huge(text: str, dice: Random) -> str:
    """A scalar, a key, a list or the number of steps is very large."""
    large = dice.choice(
        [
            "x" * 60_000,
            "wörter " * 9_000,
            "<x>" * 4_000,
            "[" + "a, " * 9_000 + "b]",
            "1" * 20_000,
            '"' + "\\t" * 9_000 + '"',
        ]
    )
    if dice.random() < 0.3:
        return text + "".join(f"  s{number}: {{say: Hi., go: s{number + 1}}}\n" for number in range(900))

    def change(rows: list[str], at: int) -> None:
        key, _, value = rows[at].partition(":")
        rows[at] = f"{key}: {large}" if dice.random() < 0.8 else f"{key}{large[:20_000]}: {value}"

    return _rows(text, dice, change)


def signed(text: str, dice: Random) -> str:
    """Odd signs stand somewhere, as they come with a copied text."""
    for _ in range(dice.choice((1, 1, 3, 20))):
        place = dice.randint(0, len(text))
        text = text[:place] + dice.choice(SIGNS) + text[place + dice.choice((0, 1)) :]
    return text


def commented(text: str, dice: Random) -> str:
    """Comments that allow something, or should."""
    rule = dice.choice(
        ["key-order", "names-key", "long-prompt", "unused-save", "unknown-step", "nothing", "", "silence"]
    )
    reason = dice.choice([": because", ":", "", ": " + "x" * 500, ": \u202e"])

    def change(rows: list[str], at: int) -> None:
        comment = f"# ivr: allow {rule}{reason}"
        rows[at] = f"{rows[at]}  {comment}" if dice.random() < 0.6 else f"{comment}\n{rows[at]}"

    return _rows(text, dice, change)


def cut(text: str, dice: Random) -> str:
    """The file ends too early, or begins too late."""
    place = dice.randint(0, len(text))
    return text[:place] if dice.random() < 0.7 else text[place:]


def merged(text: str, dice: Random) -> str:
    """The marks of a merge that was not finished; or the whole file once more behind it."""
    if dice.random() < 0.3:
        return text + dice.choice(("", "---\n")) + text
    theirs = dice.choice(text.split("\n"))

    def change(rows: list[str], at: int) -> None:
        rows[at] = f"<<<<<<< ours\n{rows[at]}\n=======\n{theirs}\n>>>>>>> theirs"

    return _rows(text, dice, change)


MISTREATMENTS = (
    gone, doubled, swapped, shifted, renamed, named_otherwise, given_otherwise, nested, anchored, huge, signed,
    commented, cut, merged,
)  # fmt: skip


def bytes_of(text: str, dice: Random) -> bytes:
    """The text as a file of some program: most often UTF-8, with other breaks, marks and encodings, or with noise."""
    match dice.randrange(14):
        case 0:
            return text.replace("\n", "\r\n").encode("utf-8", "replace")
        case 1:
            return text.replace("\n", "\r").encode("utf-8", "replace")
        case 2:
            return b"\xef\xbb\xbf" * dice.choice((1, 1, 2)) + text.encode("utf-8", "replace")
        case 3:
            return text.encode(dice.choice(ENCODINGS), "replace")
        case 4:
            noisy = bytearray(text.encode("utf-8", "replace"))
            for _ in range(dice.choice((1, 3, 30)) if noisy else 0):
                noisy[dice.randrange(len(noisy))] = dice.randrange(256)
            return bytes(noisy)
        case 5:
            return text.rstrip("\n").encode("utf-8", "replace")
    return text.encode("utf-8", "replace")
