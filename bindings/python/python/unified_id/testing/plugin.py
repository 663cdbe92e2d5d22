"""The pytest plugin, which pytest finds by itself where the package is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def deterministic_ids(request: pytest.FixtureRequest) -> Iterator[None]:
    """The same ids in every run; ``@pytest.mark.unified_id(seed=1, start=...)`` says which."""
    from . import deterministic

    marker = request.node.get_closest_marker("unified_id")
    with deterministic(**(marker.kwargs if marker else {})):
        yield


@pytest.fixture
def frozen_ids() -> Iterator[None]:
    """Ids with the time of ``time.time``, which freezegun or time-machine holds still."""
    from . import frozen_time

    with frozen_time():
        yield


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "unified_id(seed, start, step_ms): what the fixture deterministic_ids starts from"
    )
