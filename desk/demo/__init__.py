"""An invented prefecture, alive on a given day: for a first look, for training, and for measurements.

``manage.py demo`` makes it. Everything is drawn from a seed, borrower by borrower, so that the same seed and day give
the same rows, and is written by COPY in chunks, so that memory does not grow with the prefecture.
"""

from desk.demo.signins import SignIn, signins

__all__ = ["SignIn", "signins"]
