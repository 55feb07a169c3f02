"""Programs that are compiled when first wanted, and kept in the system's temporary folder."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_CACHE = Path(tempfile.gettempdir()) / "digest-benchmarks"
_COMPILERS = {".c": ("cc", "-O2"), ".go": ("go", "build")}


def can_build(source: Path) -> bool:
    """Tell whether its compiler is installed."""
    return shutil.which(_compiler(source)[0]) is not None


def built(source: Path) -> Path:
    """Return the program of a source file, built anew when the source is younger.

    Raises:
        SystemExit: there is no compiler for it.
    """
    program = _CACHE / source.stem
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        compiler, *options = _compiler(source)
        if shutil.which(compiler) is None:
            raise SystemExit(f"{source.name} needs a compiler named {compiler}")
        _CACHE.mkdir(exist_ok=True)
        subprocess.run([compiler, *options, "-o", program, source], check=True)
    return program


def _compiler(source: Path) -> Sequence[str]:
    return _COMPILERS[source.suffix]
