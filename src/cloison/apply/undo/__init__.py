"""Undo: plans the way back of a run, as a plan that is proven and carried out like any other.

Takes back what the journal shows to be the run's own and nothing else: deletes what it made, sets back what it set as
long as nobody has set it otherwise since, makes again what it deleted. Sends nothing.
"""
