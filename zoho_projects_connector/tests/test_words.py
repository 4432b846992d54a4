"""One word for one thing: what people read, of all our addons, as it is translated."""

import re
from collections import defaultdict

from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

ADDONS = "zoho_projects_connector"
# What is not said, and the word that is.
BANNED = {
    r"\bStreams?\b": "Modules",
    r"^Goes$": "Will Be Deleted",
    r"\bLeft [Oo]ut\b": "Not Imported, or Not on the Invoice",
    r"\b[Ss]kipped\b": "Not Imported",
    r"\b[Nn]ot [Ff]etched\b": "Errors",
    r"\b[Ii]n error\b": "Errors",
    r"\bWith It\b": "Waiting Records",
    r"^(Invoice By|Group By)$": "Invoice What, Group Lines By",
    r"\bAmount Billed$": "Amount Invoiced",
    r"\bNothing changes\b": "Unchanged",
    r"Inactive Timesheet Staff User": "No Login",
}
# Zoho's own word, where somebody looks for it: once.
ONCE = {"inactive timesheet staff user": 1}
# Within a title these begin small.
SMALL = set(
    "a an and are as at be before between but by for from if in into is it its no nor"
    " not of on or out per so than the to under until via with within without".split()
)
TITLED = "page button field filter group label separator setting block".split()


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    def addons(self):
        modules = self.env["ir.module.module"].search(
            [("name", "=like", f"{ADDONS}%"), ("state", "=", "installed")]
        )
        return modules.mapped("name")

    def test_one_word_for_one_thing(self):
        reader = TranslationModuleReader(self.cr, self.addons())
        said = {re.sub(r"%\(\w+\)s", "", row[4]) for row in reader}
        self.assertGreater(len(said), 500)
        found = defaultdict(list)
        for banned, word in BANNED.items():
            for text in said:
                if re.search(banned, text):
                    found[word].append(text)
        self.assertFalse(dict(found))
        for text, times in ONCE.items():
            known = [one for one in said if text in one.lower()]
            self.assertEqual(len(known), times, known)

    def titles(self):
        """Yield the titles of our menus, actions and views; of the portal, none."""
        domain = [("module", "in", self.addons())]
        for data in self.env["ir.model.data"].search(domain):
            if data.model == "ir.ui.view":
                view = self.env["ir.ui.view"].browse(data.res_id)
                if view.type == "qweb":
                    continue
                for node in etree.fromstring(view.arch).iter(*TITLED, "h2", "h3"):
                    text = node.get("string") or node.get("title")
                    if node.tag in ("h2", "h3"):
                        text = " ".join((node.text or "").split())
                    elif node.tag == "button":
                        text = node.get("string")
                    if text:
                        yield text
            elif data.model == "ir.ui.menu" or data.model.startswith("ir.actions.act"):
                yield self.env[data.model].browse(data.res_id).name

    def test_titles_are_written_alike(self):
        """Each Word of a Title, as Odoo Does It."""
        wrong = set()
        titles = set(self.titles())
        self.assertGreater(len(titles), 100)
        for title in titles:
            words = re.findall(r"[A-Za-z][\w\u2019'-]*", title)
            for index, word in enumerate(words):
                if word[0].islower() and (not index or word not in SMALL):
                    wrong.add(title)
        self.assertFalse(wrong)
