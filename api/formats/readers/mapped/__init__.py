"""Tables of any kind, read by a mapping; presets for those that are published."""
