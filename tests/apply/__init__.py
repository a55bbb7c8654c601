"""The executor against everything that can go wrong."""
