"""pyHanko's modules one by one, without what its packages load beside them.

`import pyhanko.sign` loads every signer, every time-stamp client and with them an HTTP client, which takes
longer than all that a check or a signature of ours needs. `narrow` puts the packages in place with their own
code not yet run; it runs once somebody wants a name that only it defines, so whoever does finds everything.
"""

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

_PACKAGES = ("pyhanko.sign", "pyhanko.sign.signers", "pyhanko.sign.timestamps", "pyhanko.sign.validation")
_WITHIN = {("pyhanko.sign.timestamps", "TimeStamper"): "api"}
"""Names that pyHanko's own modules take from a package, and the module of it that defines them."""


class _Later(ModuleType):
    """A package whose own code has not run yet."""

    _ran = False

    def __getattr__(self, name: str) -> object:
        spec = self.__spec__
        # A module of the package is imported by whoever asks for it: the import system needs to hear "no".
        if self._ran or spec is None or spec.loader is None or name.startswith("__") or self._holds(name):
            raise AttributeError(name)
        if module := _WITHIN.get((self.__name__, name)):
            return getattr(import_module(f"{self.__name__}.{module}"), name)
        self._ran = True
        spec.loader.exec_module(self)
        return getattr(self, name)

    def _holds(self, name: str) -> bool:
        return PathFinder.find_spec(f"{self.__name__}.{name}", self.__path__) is not None


def narrow() -> None:
    """Let modules of `pyhanko.sign` be imported without the rest of it, where nobody has loaded that."""
    for path in _PACKAGES:
        parent, _, name = path.rpartition(".")
        if path not in sys.modules:
            _put(import_module(parent), name)


def _put(parent: ModuleType, name: str) -> None:
    spec = PathFinder.find_spec(f"{parent.__name__}.{name}", parent.__path__)
    if spec is None:
        raise ModuleNotFoundError(f"{parent.__name__}.{name}")
    package = _Later(spec.name)
    package.__dict__.update(module_from_spec(spec).__dict__)
    sys.modules[spec.name] = package
    setattr(parent, name, package)
