"""Plans: what they change, in which order, and what they promise."""
