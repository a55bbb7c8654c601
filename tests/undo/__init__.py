"""`cloison undo`: the way back of a run, whole or begun, with others about."""
