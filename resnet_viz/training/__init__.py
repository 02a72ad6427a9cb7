"""Training, in the torch corner: what a small network learns, and what flows through it."""
