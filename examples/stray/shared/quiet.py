"""Nothing in this file is a finding: uuid.uuid4() stands here in a docstring.

>>> uuid.uuid4()
"""

import uuid

# old: request_id = str(uuid.uuid4())
HELP = "run python -c 'import uuid; print(uuid.uuid4())'"
PATTERN = r"uuid\.uuid4\(\)"
BRACES = f"{{uuid.uuid4()}} is text, {HELP!r} is a field"


class FakeIds:
    """Gives ids that tests can foresee."""

    def __init__(self) -> None:
        self.last = 0

    def uuid4(self) -> uuid.UUID:
        self.last += 1
        return uuid.UUID(int=self.last)


def deterministic(uuid: FakeIds) -> str:
    # The parameter hides the module.
    return str(uuid.uuid4())
