"""Opening hours, in OpenStreetMap's opening_hours syntax, by opening-hours-py."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from opening_hours import (  # type: ignore[attr-defined]  # its stubs forget the errors
    OpeningHours,
    ParserError,
    UnknownCountryError,
)


@dataclass(frozen=True, slots=True)
class Hours:
    """Named hours of a line, in the line's own zone and with its country's public holidays."""

    source: str
    zone: ZoneInfo = field(repr=False)
    rules: OpeningHours = field(repr=False, compare=False)

    def is_open(self, at: datetime) -> bool:
        """Whether they are open at the moment (aware). `unknown` in the hours counts as closed."""
        return self.rules.is_open(at.astimezone(self.zone))

    def next_change(self, at: datetime) -> datetime | None:
        """When they open or close next after the moment, in the line's zone; None for never."""
        return self.rules.next_change(at.astimezone(self.zone))


def compile_hours(source: str, zone: ZoneInfo, country: str | None) -> Hours:
    """The hours. Raises ValueError with the place where the text stops making sense."""
    if re.search(r"\b(PH|SH)\b", source) and country is None:
        raise ValueError('"PH" means public holidays, and of which country only "country: US" at the top can say')
    try:
        # The zone and the country are the line's own; nothing is guessed from coordinates.
        rules = OpeningHours(source, timezone=zone, country=country, auto_country=False, auto_timezone=False)
    except ParserError as error:
        where = re.search(r"--> \d+:(\d+)", str(error))
        at = f" at character {where[1]}" if where else ""
        raise ValueError(
            f'these hours do not parse{at}: "{source}"; write such as "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off"'
        ) from None
    except UnknownCountryError:
        raise ValueError(f'no public holidays are known for "{country}"') from None
    return Hours(source, zone, rules)


def known_country(code: str) -> bool:
    """Whether the public holidays of the country are known."""
    try:
        OpeningHours("24/7", country=code)
    except UnknownCountryError:
        return False
    return True
