"""Files of the addon that reckon, read without a database."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ADDON = Path(__file__).parents[2] / "zoho_projects_connector"
# Odoo wants to know of a model which addon it belongs to.
PACKAGE = "odoo.addons.zoho_projects_connector"

pytest.importorskip("odoo")


def load(path: str) -> ModuleType:
    """Return a file as the module of the addon that it is, without the others."""
    name = f"{PACKAGE}.{path.removesuffix('.py').replace('/', '.')}"
    parts = name.split(".")
    for length in range(3, len(parts)):
        sys.modules.setdefault(
            ".".join(parts[:length]), ModuleType(".".join(parts[:length]))
        )
    spec = importlib.util.spec_from_file_location(name, ADDON / path)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def hours():
    return load("hours.py")


@pytest.fixture(scope="session")
def rounding():
    return load("models/billing/billing_rounding_mixin.py")


@pytest.fixture(scope="session")
def plan(hours):
    return load("models/billing/plan.py")


@pytest.fixture(scope="session")
def rates():
    return load("models/billing/rate_table.py")
