"""A table, a diagram or statements to a stream; one file per format.

A file's name is the name after ``--format``, or after ``kvgraph export``. What a diagram has to
lose for a format is decided in one place, :mod:`kvgraph.export._coercion`.
"""
