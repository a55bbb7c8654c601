"""Creating: an environment that is not there yet, or not all of it, planned from a file that describes it.

The file says what is wanted; `wanted` turns it into requests that make everything closed from birth; the planner of
repairs looks at what they come to and mends what is left. What is there already is taken as it is.
"""
