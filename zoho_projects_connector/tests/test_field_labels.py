"""Two fields of a model never have one label: whoever filters or exports sees both."""

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestFieldLabels(TransactionCase):
    def test_each_field_has_a_label_of_its_own(self):
        twice = []
        for name, model in self.env.registry.items():
            labels = {}
            for field in model._fields.values():
                other = labels.setdefault(field.string, field)
                modules = f"{field._module} {other._module}"
                if other is not field and "zoho_projects_connector" in modules:
                    twice.append(f"{name}: {field.name}, {other.name}")
        self.assertFalse(twice)
