"""The rules, one small module each."""
