"""What exists: tables, request and response shapes, filters and vocabularies. No SQL, no HTTP."""
