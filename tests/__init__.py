"""The suite: behaviour through the API, on both databases."""
