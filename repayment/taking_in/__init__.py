"""Files about loans and their money, one module for each kind."""
