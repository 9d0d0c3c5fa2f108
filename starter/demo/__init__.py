"""The demonstration: three stories played on a stack of its own, each step checked."""
