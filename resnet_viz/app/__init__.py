"""The app: a network described, drawn and counted in a browser."""
