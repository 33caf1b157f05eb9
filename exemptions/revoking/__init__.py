"""Taking an exemption back (取消): proposed with its ground and proof by one person, decided by a second."""
