"""Invented names for generated portals."""

FIRST_NAMES = (
    "Mila Joost Zoë Łukasz Ümit Aiko José Siobhán Nils Fatima Priya Tomáš Ana Björn "
    "Chloé Dmitri Eleni Femke Goran Hana Ivo Jūlija Kofi Lena Marek Nadia Oskar Petra"
).split()
LAST_NAMES = (
    "Koster Vink Bakker Świątek Öztürk Tanaka García Ní-Bhriain Åkesson Haddad Rao "
    "Novák Silva Lindqvist Dubois Petrov Papadakis Visser Kovač Dvořák Mensah Weber"
).split()
COMPANY_STEMS = (
    "Harbour Meadow Lantern Granite Orchard Beacon Willow Copper Falcon Juniper "
    "Kestrel Lagoon Maple Nimbus Onyx Prairie Quartz Raven Saffron Tundra Umbra "
    "Velvet Walnut Xenon Yarrow Zephyr"
).split()
COMPANY_ENDS = ("Authority", "Partners", "GmbH", "BV", "Ltd", "Labs", "& Sons", "SARL")
COUNTRIES = ("Netherlands", "Germany", "Belgium", "France", "United Kingdom", "India")
CITIES = ("Rotterdam", "Köln", "Gent", "Besançon", "Leeds", "Pune")
PROJECT_STEMS = ("website", "relaunch", "ERP roll-out", "data platform", "mobile app")
TASK_VERBS = ("Write", "Review", "Design", "Test", "Plan", "Build", "Deploy", "Fix")
TASK_OBJECTS = (
    "release notes",
    "landing page",
    "price list",
    "import script",
    "sign-in",
    "stock report",
    "menu",
    "backup",
)
LIST_NAMES = ("Launch", "Backlog", "Content", "Operations")
PHASE_NAMES = ("Discovery", "Build", "Roll-out")
ISSUE_NAMES = ("Menu overlaps", "Totals differ", "Page is slow", "Typo in footer")
SEVERITIES = ("Minor", "Major", "Critical", "Show stopper")
CLASSIFICATIONS = ("UI/Usability", "Security", "Crash/Hang", "Other bug")
STATUSES = (("Open", False), ("In Review", False), ("Closed", True))
PRIORITIES = ("none", "low", "medium", "high")
NOTES = (
    "<div>Content review</div>",
    "Call with the customer",
    "<ul><li>Set up</li><li>Tests &amp; fixes</li></ul>",
    "",
)
