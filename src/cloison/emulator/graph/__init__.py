"""Resource Graph: the part of its query language that finding an environment needs, on what the emulator holds."""
