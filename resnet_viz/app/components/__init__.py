"""The components of sections: the interactive figure, the form, tables and bars."""
