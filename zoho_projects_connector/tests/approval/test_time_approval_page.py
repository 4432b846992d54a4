"""The page of the link: who has it answers, and nobody else."""

import re

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestTimeApprovalPage(ApprovalCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.request = self._ask()
        self.token = self.request.sudo().access_token

    def _path(self, request=None, token=None):
        token = self.token if token is None else token
        return f"/my/time-approvals/{(request or self.request).id}?access_token={token}"

    def _open(self, request=None, token=None):
        return self.url_open(self._path(request, token))

    def _post(self, csrf=True, request=None, token=None, **posted):
        """Post the form as the page has it."""
        page = self._open(request, token)
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        data = {
            "name": "Carla Client",
            "access_token": self.token if token is None else token,
            **({"csrf_token": found[1]} if csrf and found else {}),
            **posted,
        }
        path = f"/my/time-approvals/{(request or self.request).id}/answer"
        return self.url_open(path, data=data)

    def assertNothingAnswered(self):
        self.env.invalidate_all()
        self.assertEqual(self.request.state, "sent")
        self.assertEqual(set(self.logs.mapped("customer_approval")), {"asked"})

    def test_what_is_shown(self):
        self.env.company.portal_staff = "initials"
        self.first.employee_id.name = "Ann Brown"
        answer = self._open()
        self.assertEqual(answer.headers["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        page = html.fromstring(answer.content)
        entries = [
            " ".join(one.text_content().split())
            for one in page.xpath("//li[contains(@class, 'o_time_approval_entry')]")
        ]
        self.assertEqual(len(entries), 2)
        self.assertRegex(entries[0], r"^01/05/2026 A\. Design Plans 03:00 h")
        self.assertIn("05:00", page.xpath("//h1/following::p")[0].text_content())
        # To look changes nothing: programs follow links of e-mails, too.
        self.assertNothingAnswered()

    def test_in_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.carla.lang = "fr_FR"
        self.assertIn("05/01/2026", self._open().text)

    def test_approve_all(self):
        answer = self._post()
        self.assertIn("Thank you", answer.text)
        self.assertEqual(self.request.state, "closed")
        self.assertEqual(self.first.customer_approver, "Carla Client")
        # The link is over: nothing is listed, nothing more is answered.
        self.assertNotIn("Plans", self._open().text)
        line = self._line(self.request, self.first)
        again = self._post(**{f"reason_{line.id}": "Late", "csrf_token": self._csrf()})
        self.assertIn("Thank you", again.text)
        self.assertEqual(self.first.customer_approval, "approved")

    def _csrf(self):
        """Return a token of this session, from another page."""
        page = self.url_open("/web/login")
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    def test_object_to_one(self):
        line = self._line(self.request, self.second)
        answer = self._post(**{f"reason_{line.id}": "<b>Too long</b>", "reason_x": "y"})
        self.assertIn("Thank you", answer.text)
        self.assertEqual(self.request.state, "answered")
        self.assertEqual(line.reason, "<b>Too long</b>")
        self.assertEqual(self.first.customer_approval, "approved")
        self.second.unit_amount = 1
        self.request.with_user(self.accountant)._ask_again("<i>Sorry</i>")
        # The link of before opens nothing, the new one shows what he said.
        self.assertEqual(self._open().status_code, 404)
        self.token = self.request.sudo().access_token
        page = self._open().text
        self.assertIn("&lt;b&gt;Too long&lt;/b&gt;", page)
        self.assertIn("&lt;i&gt;Sorry&lt;/i&gt;", page)
        self.assertNotIn("Plans", page)

    def test_without_a_name_nothing_typed_is_lost(self):
        line = self._line(self.request, self.second)
        answer = self._post(name=" ", **{f"reason_{line.id}": "Too long"})
        self.assertIn("Type your name", answer.text)
        self.assertIn("Too long", answer.text)
        self.assertNothingAnswered()

    def test_wrong_links(self):
        """One that is wrong and one that is not there look the same."""
        other = self.approvals.sudo().create(
            {
                "partner_id": self.customer.id,
                "approver_id": self.carla.id,
                "company_id": self.env.company.id,
                "access_token": "of-somebody-else",
            }
        )
        other_untold = other.sudo().copy({"access_token": False})
        for request, token in (
            (self.request, ""),
            (self.request, "wrong"),
            (self.request, "%C3%A9"),
            (self.request, "of-somebody-else"),
            (other, self.token),
            (other_untold, ""),
            (self.approvals.browse(other_untold.id + 1000), self.token),
            (self.approvals.browse(10**15), self.token),
        ):
            with self.subTest(request=request.id, token=token):
                answer = self._open(request, token)
                self.assertEqual(answer.status_code, 404)
                self.assertIn("This link opens nothing", answer.text)
                self.assertNotIn("Golden", answer.text)
                answer = self._post(
                    request=request, token=token, csrf_token=self._csrf()
                )
                self.assertEqual(answer.status_code, 404)
        self.assertNothingAnswered()

    def test_a_login_opens_nothing(self):
        self.authenticate("accountant", "accountant")
        self.assertEqual(self._open(token="wrong").status_code, 404)

    def test_who_is_asked_finds_it_in_his_portal(self):
        self.project.privacy_visibility = "portal"
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.customer.id}
        )
        for login, partner in (("carla", self.carla), ("colleague", colleague)):
            new_test_user(
                self.env, login, groups="base.group_portal", partner_id=partner.id
            )
            self.project.message_subscribe(partner.ids)
        pages = {}
        for login in ("carla", "colleague"):
            self.authenticate(login, login)
            answer = self.url_open(f"/my/projects/{self.project.id}/billing")
            pages[login] = answer.text
        self.assertIn("wait for your approval", pages["carla"])
        self.assertIn(self.token, pages["carla"])
        self.assertIn("Golden Project", pages["colleague"])
        self.assertNotIn(self.token, pages["colleague"])

    def test_files_and_numbers_in_place_of_texts(self):
        """They are no answer, and no error of the server."""
        page = self._open().text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        path = f"/my/time-approvals/{self.request.id}/answer"
        file = ("a.txt", b"text", "text/plain")
        known = {"csrf_token": token, "access_token": self.token}
        for files, data, status in (
            ({"access_token": file}, {"csrf_token": token}, 404),
            ({"name": file}, known, 200),
            ({"reason_1": file}, {**known, f"reason_{'9' * 5000}": "x"}, 200),
        ):
            with self.subTest(list(files)):
                answer = self.url_open(path, data=data, files=files)
                self.assertEqual(answer.status_code, status)
                self.assertNothingAnswered()

    def test_posted_from_elsewhere(self):
        self.assertEqual(self._post(csrf=False).status_code, 400)
        path = f"/my/time-approvals/{self.request.id}/answer"
        self.assertEqual(self.url_open(path).status_code, 405)
        self.assertNothingAnswered()

    def test_who_left_does_not_answer(self):
        csrf = self._csrf()
        self.carla.active = False
        self.assertIn("Nothing is left to approve", self._open().text)
        self._post(csrf_token=csrf)
        self.assertNothingAnswered()

    def test_a_foreign_line_is_not_objected_to(self):
        third = self._log(1)
        other = self._ask()
        line = self._line(other, third)
        self._post(**{f"reason_{line.id}": "Not mine"})
        self.assertEqual(self.request.state, "closed")
        self.assertEqual(third.customer_approval, "asked")
        self.assertFalse(line.reason)
