"""Writers of files: each makes bytes of the items of an answer, piece by piece."""
