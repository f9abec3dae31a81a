"""Answers about flows; one file per analysis. A file's name is the command's name."""
