"""Files as lines, tables, objects and pieces of JSON: encodings found out, nothing held but what is being read."""
