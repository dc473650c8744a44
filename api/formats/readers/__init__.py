"""Readers of other tools' files: STIX, MISP, TimelineJS and feeds. Each takes a file of bytes and gives rows to be recorded."""
