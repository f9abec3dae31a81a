"""A page or picture that a browser can open; one file per view, its name the command's."""
