"""Files about loans as history, one module for each kind."""
