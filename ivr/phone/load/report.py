"""What came of a load, for people and for programs."""

from __future__ import annotations

from ivr.phone.load.latency import Lengths
from ivr.phone.load.plan import Plan
from ivr.phone.load.tally import Failures, Tally

SHARES = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9, "max": 100.0}

Json = dict[str, object]


def as_json(plan: Plan, tally: Tally) -> Json:
    """The figures under the names of docs/load.md: they stay. Times are milliseconds where a name ends so."""
    return {
        "url": plan.url,
        "to": plan.to,
        "calls_per_second": plan.rate,
        "for_seconds": plan.seconds,
        "seed": plan.seed,
        "seconds": round(tally.seconds, 3),
        "processor_seconds": round(tally.processor, 3),
        "stopped": tally.stopped,
        "calls": {
            "due": plan.count,
            "begun": tally.begun,
            "finished": tally.finished,
            "failed": tally.failed,
            "cut": tally.cut,
            "held": tally.held,
            "most_open": tally.most_open,
        },
        "webhooks": {
            "sent": tally.sent,
            "answered": tally.answered,
            "again": tally.again,
            "per_second": round(tally.per_second, 1),
        },
        "latency_ms": _milliseconds(tally.latency),
        "late_ms": _milliseconds(tally.late),
        "scripts": [{"keys": name, "calls": calls} for name, calls in tally.scripts.items()],
        "failures": [
            {"cause": cause, "calls": one.calls, "example": {"call_sid": one.sid, "url": one.url, "text": one.text}}
            for cause, one in _causes(tally)
        ],
    }


def as_text(plan: Plan, tally: Tally) -> str:
    """The figures as lines of plain text."""
    calls = [f"{tally.begun:,} begun", f"{tally.finished:,} finished", f"{tally.failed:,} failed"]
    if tally.cut:
        calls.append(f"{tally.cut:,} cut off at the end")
    if missing := plan.count - tally.begun:
        calls.append(f"{missing:,} not begun")
    webhooks = [f"{tally.answered:,} answered", f"{tally.per_second:,.1f} a second"]
    if unanswered := tally.sent - tally.answered:
        webhooks.append(f"{unanswered:,} without an answer")
    if tally.again:
        webhooks.append(f"{tally.again:,} sent again")
    rows = [
        f"load       {plan.url}, {plan.to}: {plan.rate:g} calls a second for {plan.seconds:g} s",
        f"calls      {', '.join(calls)}; at most {tally.most_open:,} open",
        f"webhooks   {', '.join(webhooks)}",
        f"latency    {_spread(tally.latency)}",
        f"late       {_spread(tally.late)}",
    ]
    if missing and not tally.held and not tally.stopped:
        rows.append(
            "behind     this machine could not begin calls in time: the figures are of the tool, not of the service"
        )
    if tally.held:
        rows.append(f"held back  {tally.held:,} calls waited, as {plan.most_open:,} were open: see --most-open")
    if tally.stopped:
        rows.append(f"stopped    after {tally.seconds:.1f} s")
    for cause, one in _causes(tally):
        calls_of = f"{one.calls:,} call{'' if one.calls == 1 else 's'}"
        rows.append(f"failed     {calls_of}: {cause}; such as {one.sid} at {one.url}: {one.text}".rstrip(": "))
    return "\n".join(rows)


def _causes(tally: Tally) -> list[tuple[str, Failures]]:
    """The causes of failures, the most frequent first."""
    return sorted(tally.causes.items(), key=lambda item: -item[1].calls)


def _milliseconds(lengths: Lengths) -> dict[str, float]:
    return {name: round(lengths.percentile(share) * 1000, 3) for name, share in SHARES.items()}


def _spread(lengths: Lengths) -> str:
    return "  ".join(f"{name} {value:,.1f} ms" for name, value in _milliseconds(lengths).items())
