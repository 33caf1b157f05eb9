"""Files about exemptions, one module for each kind."""
