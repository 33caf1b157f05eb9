"""The forms of exemption printed with what is known of a loan, and the guide that goes with them."""
