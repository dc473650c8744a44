"""Readers of files: each gives rows as their POST would take them, rows that can't be taken, and rows that hold nothing."""
