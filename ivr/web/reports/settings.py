"""What a URL sets of a figure's parameters: `seconds=30`, `callbacks=yes`."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.reports.kpi import Kpi, Parameter, Setting
from ivr.reports.wording import setting
from ivr.web.reports.problems import BadFilters

MOST = 1_000_000


def read_settings(kpi: Kpi, own: Mapping[str, str]) -> dict[str, Setting]:
    """All settings of a figure, those of the URL among them. Raises BadFilters."""
    problems: dict[str, str] = {}
    given: dict[str, Setting] = {}
    for it in kpi.parameters:
        if it.name in own:
            try:
                given[it.name] = _value(it, own[it.name])
            except ValueError as error:
                problems[it.name] = str(error)
    if problems:
        raise BadFilters(problems)
    return kpi.settings(given)


def _value(parameter: Parameter, text: str) -> Setting:
    if isinstance(parameter.default, bool):
        if text not in ("yes", "no"):
            raise ValueError(f"it is yes or no, not “{text}”")
        return text == "yes"
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < MOST:
        raise ValueError(f"it is a number from 0 to {MOST:,}, not “{text}”")
    return number


def changed(kpi: Kpi, settings: Mapping[str, Setting]) -> dict[str, str]:
    """What is not as by default, as a URL says it."""
    return {it.name: setting(settings[it.name]) for it in kpi.parameters if settings[it.name] != it.default}
