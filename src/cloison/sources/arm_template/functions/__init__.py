"""Functions of the template language, one module for each of Microsoft's chapters."""
