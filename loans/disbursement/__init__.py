"""How a loan that was decided on becomes money at the bank: tranches, transfer files, their lines."""
