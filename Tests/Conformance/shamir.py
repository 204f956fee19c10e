"""Shamir's combine over GF(2^8) with the polynomial x^8+x^4+x^3+x+1, from its definition.

A share is the y bytes followed by one x byte. Slow and simple on purpose: it checks the server.
"""


def multiply(a, b):
    """Product of two field elements."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def inverse(a):
    """Multiplicative inverse, as a to the power 254."""
    result = 1
    for _ in range(254):
        result = multiply(result, a)
    return result


def combine(shares):
    """The secret at x = 0 by Lagrange interpolation."""
    points = [share[-1] for share in shares]
    weights = []
    for i, x in enumerate(points):
        weight = 1
        for j, other in enumerate(points):
            if i != j:
                weight = multiply(weight, multiply(other, inverse(x ^ other)))
        weights.append(weight)
    secret = bytearray(len(shares[0]) - 1)
    for weight, share in zip(weights, shares):
        for position in range(len(secret)):
            secret[position] ^= multiply(weight, share[position])
    return bytes(secret)
