"""The desk's number as a line: the service's own menu file, with the numbers and languages of the team.

It is text in the menu language, so the engine, the call log and the limits of a call are those of every line. Its
version is the hash of its text: each process makes the same one from the same team file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from ivr.menu.phrases import KNOWN
from ivr.menu.team import Team
from ivr.switchboard.message_audio import MessageAudio
from ivr.switchboard.staff import Staff

LINE = "service.desk"
"""What the call log calls the line."""

AUDIO = "audio.say"
"""The address of its words that are no words: the id of the message whose audio is played there."""

TEMPLATE = (files("ivr.switchboard") / "desk_line.yaml").read_bytes()


class DeskLine:
    """The desk's line as the team file has it now. Safe between threads."""

    def __init__(self, staff: Staff, audio: MessageAudio) -> None:
        self._staff = staff
        self.audio = {AUDIO: audio.path}

    def files(self, number: str) -> Mapping[str, bytes] | None:
        """The files of the line, where the number is the desk's; None for any other."""
        team = self._staff.now()
        if number not in team.desk:
            return None
        return {f"{LINE}.yaml": _text(team.desk, _languages(team), team.zone.key if team.zone else "UTC")}


def _languages(team: Team) -> tuple[str, ...]:
    """The languages of the agents that the service has words of its own in, the first of each: es-MX is es-ES here."""
    spoken: dict[str, str] = {}
    for agent in team.agents.values():
        for language in agent.languages:
            spoken.setdefault(language.split("-")[0], language)
    return tuple(language for base, language in spoken.items() if base in KNOWN) or ("en-US",)


@lru_cache(maxsize=8)
def _text(numbers: tuple[str, ...], languages: tuple[str, ...], zone: str) -> bytes:
    line = yaml.load(TEMPLATE, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but text, lists and maps
    line |= {"numbers": list(numbers), "timezone": zone, "languages": list(languages)}
    greet = line["steps"]["greet"]
    if len(languages) > 1:
        greet["language"] = list(languages)
    else:
        del greet["language"]
    return yaml.safe_dump(_worded(line, languages), allow_unicode=True, sort_keys=False, width=1000).encode()


def _worded(node: Any, languages: tuple[str, ...]) -> Any:
    """The node with the words of these languages in place of the words of all."""
    if isinstance(node, list):
        return [_worded(item, languages) for item in node]
    if not isinstance(node, dict):
        return node
    if set(node) == set(KNOWN):
        return {language: node[language.split("-")[0]] for language in languages}
    return {key: _worded(value, languages) for key, value in node.items()}
