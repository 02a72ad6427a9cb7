"""What sections are made of: the interactive figure, the form, tables and bars."""
