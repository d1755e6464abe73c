"""Problems as machines read them: annotations of GitHub's workflows, and SARIF 2.1.0 (OASIS)."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ivr.menu import Problem
from ivr.menu.problems import visible
from ivr.menu.rules import RULES, WITH_MORE

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_text(problems: Iterable[Problem]) -> str:
    """`FILE:LINE:COL: error|warning RULE message`, one a line."""
    return "".join(f"{problem}\n" for problem in problems)


def as_github(problems: Iterable[Problem]) -> str:
    """Workflow commands, `::error file=…,line=…,col=…,title=RULE::message`, which GitHub shows beside the lines."""
    return "".join(map(_annotation, problems))


def _annotation(problem: Problem) -> str:
    where = f"file={_property(problem.file)},line={problem.line},col={problem.column},title={_property(problem.rule)}"
    return f"::{problem.severity} {where}::{_data(visible(problem.message))}\n"


def _data(text: str) -> str:
    """GitHub's own escapes: those of what stands behind the second `::`."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # the name of a file may be no text
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def as_sarif(problems: Iterable[Problem]) -> str:
    """One run, with the rules that found something and their documentation."""
    problems = list(problems)
    rules = list(dict.fromkeys(problem.rule for problem in problems))
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "ivr check",
                        "version": version("touchtone"),
                        "rules": [_rule(rule, problems) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, rules.index(problem.rule)) for problem in problems],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str, problems: list[Problem]) -> dict[str, Any]:
    severity = next(problem.severity for problem in problems if problem.rule == name)
    rule: dict[str, Any] = {"id": name, "defaultConfiguration": {"level": severity}}
    pages = (inspect.getdoc(it) for it in (*RULES, *WITH_MORE) if name == it.ID)
    if page := next(pages, None):
        rule["shortDescription"] = {"text": " ".join(page.split("\n\n")[0].split())}
        rule["help"] = {"text": page, "markdown": page}
    return rule


def _result(problem: Problem, index: int) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _uri(problem.file)},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    return {
        "ruleId": problem.rule,
        "ruleIndex": index,
        "level": problem.severity,
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")
