"""What does autofix offer to other programs?  Its version; the engine is reached through `autofix.engine`."""

__version__ = "0.1.0"
