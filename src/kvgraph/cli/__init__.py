"""The command line: options in, files out. One file per command, found by its name."""
