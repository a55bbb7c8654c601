"""Check: runs requirements over the environments of a snapshot and writes the report document.

The only place that turns "not known" into the verdict `unknown`.
"""
