"""No layer looks up, and one place commits: read from the sources themselves.

:source: architecture.md, sections 2 and 3.
"""

import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parent.parent
# What the synchronisation is made of; all other files of business code are billing.
SYNC_FILES = (
    "zoho_*.py",
    "ir_http.py",
    "ir_websocket.py",
    "account_analytic_line.py",
    "hr_employee.py",
    "project_milestone.py",
    "project_project.py",
    "project_project_restrict.py",
    "project_tags.py",
    "project_task.py",
    "project_task_type.py",
    "product_pricelist.py",
    "res_config_settings.py",
    "res_config_settings_change.py",
    "res_partner.py",
)
# Mapping and upsert know records and failures of the library, never the network.
FLOW_FILES = ("zoho_integration*.py", "zoho_portal.py", "zoho_quota.py", "zoho_s*.py")
NETWORK = {"client", "auth", "transport", "paging", "quota", "endpoints"}
COMMITS = {"commit", "_commit_progress"}


def modules_of(tree, package):
    """Return the dotted names that a module imports, relative ones resolved."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = [*base, *(node.module or "").split(".")]
            yield ".".join(part for part in start if part)
            yield from (
                ".".join(part for part in (*start, alias.name) if part)
                for alias in node.names
            )


def imports(path):
    """Return what a file of the addon imports; the addon itself is ``addon``."""
    package = ["addon", *path.relative_to(ADDON).parts[:-1]]
    return set(modules_of(ast.parse(path.read_text()), package))


def calls(path):
    """Return ``{method name: [functions that call it]}`` of a file."""
    found = {}
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found.setdefault(node.func.attr, []).append(function.name)
    return found


def files(*folders):
    """Return the Python files of some folders of the addon."""
    return sorted(path for folder in folders for path in (ADDON / folder).glob("*.py"))


@tagged("post_install", "-at_install")
class TestLayers(BaseCase):
    def is_sync(self, path):
        return any(path.match(pattern) for pattern in SYNC_FILES)

    def test_library_knows_no_odoo(self):
        for path in files("zoho"):
            for name in imports(path):
                with self.subTest(path.name, name=name):
                    self.assertNotEqual(name.split(".")[0], "odoo")
                    self.assertFalse(
                        name.startswith("addon.") and not name.startswith("addon.zoho")
                    )

    def test_parsing_knows_no_network(self):
        for path in files("zoho"):
            if path.stem.startswith(("records", "values", "aliases", "reader")):
                with self.subTest(path.name):
                    names = {name.split(".")[-1] for name in imports(path)}
                    self.assertFalse(names & (NETWORK - {"endpoints"} | {"requests"}))

    def test_billing_knows_no_zoho(self):
        """What no pattern names as part of the sync is billing."""
        billing = [p for p in files("models", "wizards") if not self.is_sync(p)]
        self.assertGreater(len(billing), 15)
        for path in billing:
            with self.subTest(path.name):
                if path.name == "__init__.py":
                    continue
                found = [name for name in imports(path) if "zoho" in name]
                self.assertFalse(found)

    def test_mapping_knows_no_network(self):
        for path in files("models"):
            is_flow = any(path.match(pattern) for pattern in FLOW_FILES)
            if is_flow or not self.is_sync(path):
                continue
            with self.subTest(path.name):
                found = imports(path)
                self.assertNotIn("requests", found)
                self.assertFalse(
                    {f"addon.zoho.{name}" for name in NETWORK} & found, path.name
                )

    def test_one_file_commits(self):
        """Business code ends no transaction but in the scheduled action's own file."""
        places = {
            (path.name, function)
            for path in files(".", "models", "wizards", "controllers")
            for name, functions in calls(path).items()
            if name in COMMITS
            for function in functions
        }
        self.assertEqual(
            {name for name, _function in places}, {"zoho_integration_sync.py"}
        )
        for _name, function in places:
            self.assertRegex(function, "^(_cron_sync|_sync_in_slices|_sync_slices)$")

    def test_nobody_sleeps(self):
        for path in files("zoho", "models", "wizards", "controllers"):
            with self.subTest(path.name):
                self.assertNotIn("sleep", calls(path))
