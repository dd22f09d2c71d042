"""ECP: shared accounting, selling and production for a shared cooperative enterprise. ARCHITECTURE.md is the map."""
