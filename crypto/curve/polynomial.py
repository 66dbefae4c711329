"""Shamir's secret sharing over the scalars: evaluation, Feldman commitments, Lagrange interpolation.

Indices are 1..n; 0 is where the secret lies, so it is never an index.
"""

from collections.abc import Iterable, Sequence

from crypto.curve.point import Point, base_multiple, point_sum
from crypto.curve.scalar import ORDER, ZERO, Scalar


def evaluate(coefficients: Sequence[Scalar], index: int) -> Scalar:
    """f(index), with the constant term first."""
    at = Scalar.from_int(index)
    value = ZERO
    for coefficient in reversed(coefficients):
        value = value * at + coefficient
    return value


def commit(coefficients: Sequence[Scalar]) -> tuple[Point, ...]:
    """Feldman's commitment: each coefficient times B. PointError if one is zero."""
    return tuple(base_multiple(coefficient) for coefficient in coefficients)


def evaluate_commitment(commitment: Sequence[Point], index: int) -> Point:
    """f(index) * B from the commitment alone: the sum of index^k * C_k."""
    power = 1
    terms = []
    for point in commitment:
        terms.append(point if power == 1 else Scalar.from_int(power) * point)
        power = power * index % ORDER
    return point_sum(terms)


def lagrange_at_zero(indices: Iterable[int]) -> dict[int, Scalar]:
    """The weight of each index: f(0) = sum of weight[i] * f(i), for f of degree below their number.

    ValueError for an index that is zero, negative or given twice.
    """
    chosen = list(indices)
    if len(set(chosen)) != len(chosen) or any(index < 1 for index in chosen):
        raise ValueError("share indices are positive and distinct")
    weights = {}
    for i in chosen:
        numerator = denominator = 1
        for j in chosen:
            if j != i:
                numerator = numerator * j % ORDER
                denominator = denominator * (j - i) % ORDER
        weights[i] = Scalar.from_int(numerator * pow(denominator, -1, ORDER))
    return weights
