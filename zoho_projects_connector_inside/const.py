"""Where the pages inside Zoho answer, and for how long what proves a person holds."""

from datetime import timedelta

ROOT = "/zoho_projects/inside"
PAIR_PATH = f"{ROOT}/pair"
OPEN_PATH = f"{ROOT}/open"
SHOW_PATH = f"{ROOT}/show"
ACT_PATH = f"{ROOT}/act"
FILE_PATH = f"{ROOT}/file"
GO_PATH = f"{ROOT}/go"
EXTENSION_PATH = f"{ROOT}/extension"
HINT_PATH = "/zoho_projects/hint"
# A page proves who looks at it for this long; each page that it leads to begins anew,
# until the widget has to show its secret again.
PAGE_LIFE = timedelta(minutes=10)
VISIT_LIFE = timedelta(hours=1)
# A pairing that nobody uses ends.
UNUSED_LIFE = timedelta(days=90)
# What signs a page is worth nothing to a form, and the other way round.
PAGE_SCOPE = "zoho_projects_inside_page"
FORM_SCOPE = "zoho_projects_inside_form"
# Where Zoho serves the files of extensions from, those of other people, too: which of
# these pages are the portal's own is said by who pairs there first.
# :source: zoho-extension.md, section 5: seen for other products of Zoho's.
WIDGET_HOSTS = ("https://*.zappsusercontent.com", "https://*.sigmausercontent.com")
