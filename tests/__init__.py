"""The tests. A package, so that a helper has one name however it is imported."""
