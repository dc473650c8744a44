"""Importers and exporters: pure, bytes in and rows out, or items in and bytes out. No database, no HTTP."""
