"""Which things are one and the same: suggestions, decisions on them, and what is written.

``suggest`` compares two lists of ``things`` by their ``names``; a person decides in a csv, which
``decisions`` checks; ``quads`` makes statements of what was decided.
"""
