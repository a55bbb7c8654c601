"""A second, slow opinion on every path, and the environments to ask it about."""
