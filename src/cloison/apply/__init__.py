"""Apply: sends the requests of a proven plan, can be killed at any instant, and goes on where it stopped.

What decides is a generator that touches nothing: it says what to look at, to send, to write down, and is told what came
of it. Drivers do it: on a real ARM, or in a simulation of everything that can go wrong.
"""
