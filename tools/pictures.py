"""``make pictures``: all pictures of the documentation, taken anew from the demo."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from tools.browser import ensure_browser
from tools.chrome import Chrome
from tools.odoo_server import OdooServer
from tools.picture_list import PICTURES, Picture
from tools.picture_world import World
from tools.portal_browser import Browser
from tools.portal_simulator import SimulatedPortal
from tools.run_portal import ADMINISTRATOR
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.templates import open_workshop

GAP = 18
# The page of the addon in Odoo's list of apps has some of them as well.
DESCRIPTION = Path("zoho_projects_connector/static/description")
ALSO = {
    "invoice": DESCRIPTION / "invoice.png",
    "errors": DESCRIPTION / "errors.png",
    "setup-modules": DESCRIPTION / "setup.png",
}


@dataclass
class Studio:
    """The demo, a browser, and where the pictures go."""

    world: World
    chrome: Chrome
    repository: Path

    def take(self, picture: Picture) -> None:
        """Take a picture and keep it where documents name it."""
        picture.before(self.world)
        who: Browser = getattr(self.world, picture.who)
        self.chrome.sign_in(who.session.cookies["session_id"])
        self.chrome.resize(picture.width, picture.height)
        shots = []
        for path in picture.paths:
            path, _hash, tab = path.partition("#")
            if tab:
                self.chrome.post(path, self.world.visit(tab))
            else:
                self.chrome.open(path.format_map(vars(self.world)))
            for click in picture.clicks:
                selector, typed, text = click.partition(" = ")
                self.chrome.click(selector)
                if typed:
                    self.chrome.type(text)
            shots.append(Image.open(BytesIO(self.chrome.picture())).convert("RGB"))
        for file in filter(None, (file_of(picture.name), ALSO.get(picture.name))):
            write(shots, self.repository / file)


def file_of(name: str) -> Path:
    """Return where a picture lies."""
    return Path("docs", f"{name}.png")


def write(shots: list[Image.Image], path: Path) -> None:
    """Write shots beside each other, with the 256 colours that they need most."""
    height = max(shot.height for shot in shots)
    width = sum(shot.width + GAP for shot in shots) - GAP
    sheet = Image.new("RGB", (width, height), "#d8dadd")
    left = 0
    for shot in shots:
        sheet.paste(shot, (left, 0))
        left += shot.width + GAP
    sheet.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def take_pictures(settings: Settings) -> int:
    """Take the pictures, or those that ``PICTURES`` names, in the order of the story.

    :return: the exit code; 1 when one could not be taken.
    """
    ensure_browser()
    wanted = os.environ.get("PICTURES", "").split()
    missed = 0
    os.environ["NO_PROXY"] = f"127.0.0.1,{os.environ.get('NO_PROXY', '')}"
    with ExitStack() as lent:
        configuration = lent.enter_context(open_workshop(settings).lend())
        portal = lent.enter_context(SimulatedPortal(settings, "small"))
        odoo = OdooServer(settings, configuration, settings.http_port)
        url = lent.enter_context(odoo).url
        administrator = Browser(url)
        administrator.log_in(ADMINISTRATOR, ADMINISTRATOR)
        world = World(administrator, portal)
        chrome = lent.enter_context(Chrome(url))
        studio = Studio(world, chrome, settings.repository)
        for picture in PICTURES:
            try:
                if wanted and picture.name not in wanted:
                    # The story goes on from there, whether it is shown or not.
                    picture.before(world)
                    continue
                say(f"taking {picture.name}")
                studio.take(picture)
            except ToolError as error:
                missed += 1
                say(f"{picture.name}: {error}")
    return 1 if missed else 0
