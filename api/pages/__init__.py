"""Our own pages: html and scripts, without a word to any other server."""

from importlib.resources import files

DOCS_PAGE = (files(__package__) / "docs.html").read_text(encoding="utf-8")
DOCS_SCRIPT = (files(__package__) / "docs.js").read_text(encoding="utf-8")
