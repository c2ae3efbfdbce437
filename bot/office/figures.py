"""Figures in the one form in which equal ones read alike."""

from decimal import Decimal


def plain(value: Decimal) -> Decimal:
    """``1.50`` as ``1.5`` and ``70.00`` as ``70``, never with an exponent."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
