"""Activities: one class per concern, its database handle injected."""
