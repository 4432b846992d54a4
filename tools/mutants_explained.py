"""Mistakes in the arithmetic that no test can find, each with its reason."""

WITHIN_NOISE = "abs(minutes - hours * 60) < 1e-06"

EXPLAINED: dict[str, str] = {
    f"hours.py: {WITHIN_NOISE} -> {WITHIN_NOISE.replace('<', '<=')}": (
        "No float of hours is just a millionth of a minute off."
    ),
}
