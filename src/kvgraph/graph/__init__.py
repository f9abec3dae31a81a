"""Records to RDF, and what follows from it: build, rules, shapes."""
