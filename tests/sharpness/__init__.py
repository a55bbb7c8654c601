"""Faults planted into Cloison, which the oracle has to see."""
