"""Cloison: from these pods, is every service reached privately, and if not, which setting decides?"""

__version__ = "0.1.0"
