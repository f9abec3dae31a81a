"""Raw files to records; one file per kind of file."""
