"""Workbooks and files of the office, in and out: roster, rulebook, opening balances, codes."""
