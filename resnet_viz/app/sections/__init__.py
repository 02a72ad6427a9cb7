"""The page's sections, one file each; each shows itself for a visitor's session."""
