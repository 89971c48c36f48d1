"""How is an outcome told to people and programs?  One module for each format, each a pure function of the outcome."""
