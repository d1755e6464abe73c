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
from ivr.menu.team import Agent, Team
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

    def files(self, number: str, caller: str) -> Mapping[str, bytes] | None:
        """The files of the line for this caller, where the number is the desk's; None for any other."""
        team = self._staff.now()
        if number not in team.desk:
            return None
        languages = _languages(team.calling(caller), team)
        return {f"{LINE}.yaml": _text(team.desk, languages, team.zone.key if team.zone else "UTC")}


def _languages(agent: Agent | None, team: Team) -> tuple[str, ...]:
    """The first language of the agent who calls; where nobody knows who that is, all of the team, for a choice.

    es-ES and es-MX are one here, and those that the service has no words in are none.
    """
    spoken = [language for it in ([agent] if agent else team.agents.values()) for language in it.languages]
    known = [language for language in spoken if language.split("-")[0] in KNOWN]
    firsts = {language.split("-")[0]: language for language in reversed(known)}
    languages = [language for language in dict.fromkeys(known) if firsts[language.split("-")[0]] == language]
    return tuple(languages[:1] if agent else languages) or ("en-US",)


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
