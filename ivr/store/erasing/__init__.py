"""Erasing a caller: everything that is kept of one number is removed, and then looked for wherever it could be.

- `person`: whom one looks for, the spellings of a number, and how what is found is masked;
- `in_sql`, `in_redis`, `on_disk`: each finds, removes and searches in its own sink;
- `erased_calls`: which calls were erased, so that a record of them that comes late is not written after all;
- `traces`: what a removal leaves in files (free pages, a journal, an append-only file) is overwritten.

A sink is searched by what it *has* (each table of the catalogue, each key, each file), not by a list of what should be
there: so what somebody adds later is searched too.
"""
