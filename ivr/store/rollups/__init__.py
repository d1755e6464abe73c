"""Roll-ups: the call log in numbers by the quarter-hour and by longer spans, so that no figure reads a million calls.

They follow from the log and could be made again from it at any time. Whoever writes rows that count marks the
quarter-hours that those are in (`marks`), in the same transaction; what is marked is made anew from the log
(`settling`) by the worker every few seconds, and by whoever reads figures before they do (`reading`).
"""
