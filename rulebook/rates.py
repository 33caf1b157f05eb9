"""Yearly rates in words. A rate is stored in hundredths of a percent (300 is 3%)."""


def percent(basis_points: int) -> str:
    """Write a rate: ``3%`` for 300, ``2.75%`` for 275."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}%" if not rest else f"{whole}.{f'{rest:02d}'.rstrip('0')}%"
