"""Each addon is a package: ``pip`` builds it and puts it where Odoo finds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.settings import REPOSITORY
from tools.templates import addons_of

ADDONS = addons_of(REPOSITORY)
SHIPPED = {".csv", ".js", ".po", ".py", ".scss", ".sql", ".xml"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the addons, as ``pip`` installs them."""
    folder = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*pip, "--target", folder, *ADDONS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("addon", ADDONS, ids=lambda path: path.name)
def test_pip_installs_all_of_an_addon(addon: Path, site: Path) -> None:
    installed = site / "odoo" / "addons" / addon.name
    shipped = [path for path in addon.rglob("*") if path.suffix in SHIPPED]
    assert shipped
    for path in shipped:
        assert (installed / path.relative_to(addon)).is_file(), path
    (metadata,) = site.glob(f"odoo_addon_{addon.name}-19.0.*.dist-info/METADATA")
    assert "Requires-Dist: odoo==19.0.*" in metadata.read_text()


def test_odoo_finds_what_pip_installed(site: Path) -> None:
    """The packages extend ``odoo.addons`` without a file of their own there."""
    asked = (
        "from odoo.modules.module import Manifest;"
        f"print(Manifest.for_addon('{ADDONS[0].name}').path)"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        capture_output=True,
        text=True,
        check=True,
        cwd=site,
        env={"PYTHONPATH": str(site)},
    )
    assert done.stdout.strip() == str(site / "odoo" / "addons" / ADDONS[0].name)
