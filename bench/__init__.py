"""Benchmarks: run with ``make bench``; figures in docs come from here and name the machine."""
