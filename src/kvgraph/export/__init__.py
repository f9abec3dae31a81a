"""A table to a stream; one file per format. A file's name is the name after --format."""
