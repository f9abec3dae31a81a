"""Who learned what from whom: practices, organisations and transfers as a knowledge graph.

The rooms stand along one corridor (see README.md); a room imports only what stands to its
left. Nothing slow is imported here, so that ``import kvgraph`` costs next to nothing.
"""

__version__ = "0.1.0"
