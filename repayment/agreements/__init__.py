"""Small repayment (少額返済): an agreement to pay less for a time. The plan stays, the shortfall becomes arrears."""
