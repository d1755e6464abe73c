"""The demo lines' scripted calls: what a caller would call a feature has one, in both languages."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from demo_caller import MENUS, ROOT, load_menus

from ivr.menu.words import plain

SCRIPTS = sorted(MENUS.rglob("*.call"))


@pytest.mark.long
def test_every_script_passes() -> None:
    """`ivr test`, as anybody would run it, without a setting."""
    done = subprocess.run(
        [sys.executable, "-c", "from ivr.cli import main; main()", "test", str(MENUS)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert (done.stdout.splitlines()[-1:], done.stderr) == ([f"{len(SCRIPTS)} passed, 0 failed"], ""), done.stdout
    assert done.returncode == 0


def test_every_feature_has_a_script_in_both_languages() -> None:
    """A call that is scripted in English is scripted in Spanish, and the same is done in it but for its language."""
    english = {path.name.removesuffix(".en.call") for path in SCRIPTS if path.name.endswith(".en.call")}
    spanish = {path.name.removesuffix(".es.call") for path in SCRIPTS if path.name.endswith(".es.call")}
    assert english == spanish
    assert len(english) >= 30


@pytest.mark.parametrize("line", ["meridian", "press-one"])
def test_every_word_of_a_line_is_heard_in_a_script(line: str) -> None:
    """Each text of the menu file, in each language, is said in some script; values are left out of the comparison."""
    heard = "\n".join(path.read_text("utf-8") for path in (MENUS / line).glob("*.call"))
    missing = []
    for prompt in load_menus().flows[line].prompts():
        if prompt.address.startswith("service."):
            continue
        for language, texts in prompt.texts.items():
            for text in texts:
                pieces = [re.escape(piece) if isinstance(piece, str) else ".+" for piece in text]
                if not re.search(rf"^{language}  .*{''.join(pieces).strip()}", heard, re.MULTILINE):
                    missing.append(f"{prompt.address} {language}: {plain(text)}")
    assert missing == []
