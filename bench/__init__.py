"""Benchmarks, for `make bench`. They are no tests: nothing here decides whether the service is right.

Each figure that depends on the machine stands beside a floor that was measured in the same run, so what counts is
the ratio. docs/performance.md tells what each figure means, and has those of the last run.
"""
