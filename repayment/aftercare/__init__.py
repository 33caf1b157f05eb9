"""What lending leaves to be looked after: promised support nobody has begun, facts that came to light, open tasks."""
