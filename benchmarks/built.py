"""Programs that are compiled when first wanted, and kept in the system's temporary folder."""

import shutil
import subprocess
import tempfile
from pathlib import Path

_CACHE = Path(tempfile.gettempdir()) / "digest-benchmarks"
_COMPILERS = {".c": ("cc", "-O2"), ".go": ("go", "build")}


def can_build(source: Path) -> bool:
    """Tell whether its compiler is installed."""
    return shutil.which(_COMPILERS[source.suffix][0]) is not None


def built(source: Path, *others: Path) -> Path:
    """Return the program of a source file and others, built anew when one of them is younger.

    Raises:
        SystemExit: there is no compiler for it.
    """
    program, sources = _CACHE / source.stem, (source, *others)
    newest = max(each.stat().st_mtime for each in sources)
    if not program.exists() or program.stat().st_mtime < newest:
        compiler, *options = _COMPILERS[source.suffix]
        if not can_build(source):
            raise SystemExit(f"{source.name} needs a compiler named {compiler}")
        _CACHE.mkdir(exist_ok=True)
        subprocess.run([compiler, *options, "-o", program, *sources], check=True)
    return program
