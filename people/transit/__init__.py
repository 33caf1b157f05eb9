"""Paper on its way between the municipal councils and the prefectural one: packed, sent, received piece by piece."""
