"""pyHanko's validation without its signing half.

`import pyhanko.sign` loads every signer, every time-stamp client and with them an HTTP client, which takes
longer than all that a check needs. `narrow` puts the packages in place with their own code not yet run; it
runs once somebody wants a name that only it defines, so signing in the same process finds everything.
"""

import logging
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType

_PACKAGES = ("sign", "sign.validation")
_TALKATIVE = ("pyhanko", "pyhanko_certvalidator")


class _Later(ModuleType):
    """A package whose own code has not run yet."""

    _ran = False

    def __getattr__(self, name: str) -> object:
        spec = self.__spec__
        # A module of the package is imported by whoever asks for it: the import system needs to hear "no".
        if self._ran or spec is None or spec.loader is None or name.startswith("__") or self._holds(name):
            raise AttributeError(name)
        self._ran = True
        spec.loader.exec_module(self)
        return getattr(self, name)

    def _holds(self, name: str) -> bool:
        return PathFinder.find_spec(f"{self.__name__}.{name}", self.__path__) is not None


def narrow() -> None:
    """Let `pyhanko.sign.validation` be imported without the rest of pyHanko, where nobody has loaded that."""
    import pyhanko

    # What it logs is a warning with a traceback for every file that does not hold; the verdict says it.
    for name in _TALKATIVE:
        logging.getLogger(name).addHandler(logging.NullHandler())
    package: ModuleType = pyhanko
    for path in _PACKAGES:
        package = sys.modules.get(f"pyhanko.{path}") or _put(package, path.rpartition(".")[2])


def _put(parent: ModuleType, name: str) -> ModuleType:
    spec = PathFinder.find_spec(f"{parent.__name__}.{name}", parent.__path__)
    if spec is None:
        raise ModuleNotFoundError(f"{parent.__name__}.{name}")
    package = _Later(spec.name)
    package.__dict__.update(module_from_spec(spec).__dict__)
    sys.modules[spec.name] = package
    setattr(parent, name, package)
    return package
