"""The benchmarks: ``make bench``, or ``python -m tests.benchmarks [B1 B9 ...]``.

Ratios of CPU seconds (user and system, all threads) between kvgraph and its peers, measured
alternately in one run, with the median shown. All routes must give the same answers before
any time is shown. The table goes to the standard output and to ``results.json``.
"""
