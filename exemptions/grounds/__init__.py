"""The grounds of exemption, one module each: facts in, one outcome with every check out."""
