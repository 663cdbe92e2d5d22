"""Modules that stand in for the old ones, under their names if wanted.

>>> from unified_id import compat
>>> with compat.install():
...     import druva
...     len(druva.generate())
26
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from types import ModuleType, TracebackType
from typing import Final

NAMES: Final[dict[str, str]] = {
    "crackerjack.services.ulid_generator": "ulid_generator",
    "session_buddy.core.ulid_generator": "ulid_generator",
    "oneiric.core.ulid": "oneiric_ulid",
    "oneiric.core.ulid_collision": "oneiric_ulid_collision",
    "oneiric.core.ulid_migration": "oneiric_ulid_migration",
    "oneiric.core.ulid_resolution": "oneiric_ulid_resolution",
    "mahavishnu.core.workflow_models": "mahavishnu_workflow_models",
    "netra_backend.app.core.unified_id_manager": "netra_unified_id_manager",
    "netra_backend.app.core.id_manager": "netra_id_manager",
    "netra_backend.app.utils.run_id_generator": "netra_run_id_generator",
    "shared.id_generation": "netra_id_generation",
    "shared.id_generation.unified_id_generator": "netra_id_generation",
    "druva": "druva",
    "dhara": "druva",
    "dhruva": "druva",
}
"""The old import names and the modules of this package that stand in for them."""


class Installed:
    """What ``install`` changed; ``undo()`` or the end of a ``with`` changes it back."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType | None] = {}
        self._attributes: list[tuple[ModuleType, str, object]] = []

    def undo(self) -> None:
        """Put back every module that was there before, and take away the others."""
        while self._attributes:
            package, name, before = self._attributes.pop()
            if before is _ABSENT:
                if hasattr(package, name):
                    delattr(package, name)
            else:
                setattr(package, name, before)
        while self._modules:
            name, module = self._modules.popitem()
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module

    def __enter__(self) -> Installed:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.undo()

    def _put(self, name: str, module: ModuleType) -> None:
        self._modules[name] = sys.modules.get(name)
        sys.modules[name] = module

    def _bind(self, package: ModuleType, name: str, module: ModuleType) -> None:
        self._attributes.append((package, name, getattr(package, name, _ABSENT)))
        setattr(package, name, module)


_ABSENT: Final = object()


def install(*names: str, v1: bool = False) -> Installed:
    """Put the modules in place of the old import names: of all, or of those given.

    Modules that were imported before keep what they imported; call this first. With ``v1`` the manager of
    2025-09-03 stands in for ``netra_backend.app.core.unified_id_manager``.
    """
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ValueError(f"no module stands in for {', '.join(unknown)}; there are {', '.join(NAMES)}")
    chosen = {name: NAMES[name] for name in names or NAMES}
    manager = "netra_backend.app.core.unified_id_manager"
    if v1 and manager in chosen:
        chosen[manager] = "netra_unified_id_manager_v1"
    if not names and importlib.util.find_spec("pydantic") is None:
        # The only one that needs another package; who names it gets the error.
        del chosen["mahavishnu.core.workflow_models"]
    # All are imported before anything is changed, so that an error changes nothing.
    modules = {name: importlib.import_module(f"{__name__}.{ours}") for name, ours in chosen.items()}
    installed = Installed()
    try:
        for name, module in modules.items():
            package = _package(name.rpartition(".")[0], installed)
            installed._put(name, module)
            if package is not None:
                installed._bind(package, name.rpartition(".")[2], module)
    except BaseException:
        installed.undo()
        raise
    return installed


def _package(name: str, installed: Installed) -> ModuleType | None:
    """Return the package of a name: the one that is there, or an empty one.

    A package that is there and cannot be imported, because it needs what is not installed, still has its modules.
    """
    if not name:
        return None
    if name in sys.modules:
        return sys.modules[name]
    parent = _package(name.rpartition(".")[0], installed)
    try:
        module = importlib.import_module(name)
        installed._modules.setdefault(name, None)
    except ImportError:
        module = ModuleType(name, "Made by unified_id.compat.install().")
        spec = importlib.machinery.PathFinder.find_spec(name, getattr(parent, "__path__", None))
        module.__path__ = list(spec.submodule_search_locations or []) if spec else []
        installed._put(name, module)
        if parent is not None:
            installed._bind(parent, name.rpartition(".")[2], module)
    return module
