"""The picture of a replay: on the left where calls ended, on the right where they end on the new menu, as one SVG.

Only those are drawn that do not end as before: beside thousands that do, they would be threads. What is undecidable is
on the right as well, in grey. It refers to nothing outside, and a browser shows the words of each band.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from ivr.reports.replay_words import VERDICT_WORDS, end_words
from ivr.reports.replayed import Replay

WIDTH, TOP, NAMES, BAR = 1100, 84, 340, 14
"""Pixels: of the whole, of the heading, of the names on each side, of a bar."""

BANDS, GAP, LEAST = 480, 12, 16
"""Pixels: that all calls have of the height, between two bars, and that a bar has at least, so that names fit."""

MOST = 12
"""Bars on a side; the rest is one bar together."""

_COLOURS = ("#2f6fb3", "#c2571a", "#3b8a57", "#8a4fa3", "#b03a52", "#6b6a1f", "#2a8a96", "#94612f")
_GREY = "#8b9097"
_UNDECIDABLE = "undecidable"
_OTHERS = "others"


def picture(it: Replay) -> str:
    """The SVG."""
    flows = _flows(it)
    sides = [Counter[str](), Counter[str]()]
    for (old, new), calls in flows.items():
        sides[0][old] += calls
        sides[1][new] += calls
    of = sum(flows.values())
    bars = [_bars(side, of) for side in sides]
    height = TOP + max([60, *(top + size for side in bars for top, size in side.values())]) + 24
    drawn = [*_heading(it, of)]
    if not of:
        drawn.append(f'<text x="24" y="{TOP + 20}">Nothing is different.</text>')
    drawn += _bands(flows, bars, sides)
    drawn += _names(bars[0], sides[0], NAMES, left=True)
    drawn += _names(bars[1], sides[1], WIDTH - NAMES - BAR, left=False)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" role="img" font-family="system-ui, Arial, sans-serif" font-size="13" fill="#1b1b1b">\n'
        f"<title>{escape(f'{it.line}: where calls would end on version {it.version}')}</title>\n"
        f'<rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _flows(it: Replay) -> Counter[tuple[str, str]]:
    """How many went from which end to which; the small ends are one together on each side."""
    ends: Counter[tuple[str, str]] = Counter()
    for one in it.differing:
        if one.verdict == "undecidable":
            ends[end_words(one.old), f"{_UNDECIDABLE} at {one.at or 'the beginning'}"] += 1
        elif one.verdict == "elsewhere" and one.new is not None:
            ends[end_words(one.old), end_words(one.new)] += 1
    large = []
    for side in (0, 1):
        sizes = Counter[str]()
        for pair, calls in ends.items():
            sizes[pair[side]] += calls
        large.append({name for name, _ in sizes.most_common(MOST if len(sizes) <= MOST else MOST - 1)})
    flows: Counter[tuple[str, str]] = Counter()
    for (old, new), calls in ends.items():
        grouped = new if new in large[1] else f"{_UNDECIDABLE}, {_OTHERS}" if new.startswith(_UNDECIDABLE) else _OTHERS
        flows[old if old in large[0] else _OTHERS, grouped] += calls
    return flows


def _bars(side: Counter[str], of: int) -> dict[str, tuple[float, float]]:
    """Top and height of each bar: the most calls first, what is undecidable and the others last."""
    found, top = {}, float(TOP)
    for name in sorted(side, key=lambda it: (it.startswith(_UNDECIDABLE), it.endswith(_OTHERS), -side[it], it)):
        size = max(BANDS * side[name] / of, 2.0)
        found[name] = (top, size)
        top += max(size, LEAST) + GAP
    return found


def _bands(
    flows: Counter[tuple[str, str]], bars: Sequence[dict[str, tuple[float, float]]], sides: Sequence[Counter[str]]
) -> list[str]:
    colours = {name: _COLOURS[place % len(_COLOURS)] for place, name in enumerate(bars[0])}
    used = [dict.fromkeys(side, 0.0) for side in bars]
    left, right = NAMES + BAR, WIDTH - NAMES - BAR
    middle = (left + right) / 2
    drawn: list[tuple[bool, str]] = []
    order = [{name: place for place, name in enumerate(side)} for side in bars]
    for (old, new), calls in sorted(flows.items(), key=lambda it: (order[0][it[0][0]], order[1][it[0][1]])):
        edges = []
        for side, name in enumerate((old, new)):
            top, size = bars[side][name]
            share = size * calls / sides[side][name]
            edges.append((top + used[side][name], share))
            used[side][name] += share
        (y, tall), (to, thick) = edges
        path = (
            f"M{left} {y:.1f}C{middle} {y:.1f} {middle} {to:.1f} {right} {to:.1f}V{to + thick:.1f}"
            f"C{middle} {to + thick:.1f} {middle} {y + tall:.1f} {left} {y + tall:.1f}Z"
        )
        colour = _GREY if new.startswith(_UNDECIDABLE) else colours[old]
        words = escape(f"{calls:,} calls: {old} → {new}")
        band = f'<path d="{path}" fill="{colour}" fill-opacity="0.45"><title>{words}</title></path>'
        drawn.append((colour != _GREY, band))
    return [band for _, band in sorted(drawn)]  # the grey ones below


def _names(tops: dict[str, tuple[float, float]], sizes: Counter[str], x: int, *, left: bool) -> list[str]:
    """The bars of a side, and beside each its number of calls, its step and how they ended."""
    drawn = []
    for name, (top, size) in tops.items():
        grey = name.startswith(_UNDECIDABLE)
        drawn.append(
            f'<rect x="{x}" y="{top:.1f}" width="{BAR}" height="{size:.1f}" fill="{_GREY if grey else "#3a3f45"}"/>'
        )
        anchor, at = ("end", x - 8) if left else ("start", x + BAR + 8)
        step, _, how = name.partition(" (")
        shown = step if len(step) <= 24 else f"{step[:23]}…"
        words = f'{sizes[name]:,} <tspan font-weight="600">{escape(shown)}</tspan>'
        if how:
            words += f' <tspan fill="#5a6068">{escape(how.removesuffix(")").removeprefix("the "))}</tspan>'
        middle = top + max(size, 2.0) / 2 + 4.5
        drawn.append(
            f'<text x="{at}" y="{middle:.1f}" text-anchor="{anchor}">{words}<title>{escape(name)}</title></text>'
        )
    return drawn


def _heading(it: Replay, drawn: int) -> list[str]:
    verdicts = ", ".join(f"{number:,} {VERDICT_WORDS[verdict]}" for verdict, number in it.verdicts.items())
    title = f"{it.line}: {it.calls:,} calls over version {it.version}"
    return [
        f'<text x="24" y="30" font-size="17" font-weight="600">{escape(title)}</text>',
        f'<text x="24" y="50" fill="#5a6068">{escape(verdicts)}</text>',
        *(
            [
                f'<text x="{NAMES + BAR}" y="{TOP - 8}" text-anchor="end" fill="#5a6068">ended</text>',
                f'<text x="{WIDTH - NAMES - BAR}" y="{TOP - 8}" fill="#5a6068">would end</text>',
            ]
            if drawn
            else []
        ),
    ]
