"""Long names of drugs, with the places where a line may break them.

On a phone with large text such a name is wider than the screen. A soft hyphen shows only where a line really breaks.
"""

import re

SOFT_HYPHEN = "\N{SOFT HYPHEN}"

# Names of the botulinum toxins, as in the FDA's list: a beginning that tells them apart, then the common stem.
_TOXIN = re.compile(r"\b([a-z]{2,7})(botulinum)(toxin[ab]?)\b", re.IGNORECASE)


def soften(text: str) -> str:
    """``text`` with soft hyphens in the names of botulinum toxins: ona-botulinum-toxinA. Nothing else changes."""
    return _TOXIN.sub(rf"\1{SOFT_HYPHEN}\2{SOFT_HYPHEN}\3", text)
