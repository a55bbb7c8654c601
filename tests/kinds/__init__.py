"""Tests of kinds: what bodies say, and what silence means."""
