"""The pictures of the documentation and those that ``make pictures`` takes."""

import re

from tools.picture_list import PICTURES
from tools.pictures import ALSO, DESCRIPTION, file_of
from tools.settings import REPOSITORY


def _named():
    """Return the pictures that the documents show."""
    for document in (REPOSITORY / "README.md", *REPOSITORY.glob("docs/*.md")):
        for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", document.read_text()):
            yield (document.parent / name).relative_to(REPOSITORY)


def test_each_picture_of_the_documents_is_taken_anew():
    taken = [file_of(picture.name) for picture in PICTURES]
    assert sorted(taken) == sorted(set(_named()))
    assert sorted(taken) == sorted(
        path.relative_to(REPOSITORY) for path in REPOSITORY.glob("docs/*.png")
    )


def test_each_picture_of_the_list_of_apps_is_taken_anew():
    page = (REPOSITORY / DESCRIPTION / "index.html").read_text()
    shown = re.findall(r'src="([^"]+)"', page)
    assert sorted(shown) == sorted(path.name for path in ALSO.values())
    assert ALSO.keys() <= {picture.name for picture in PICTURES}
    for path in ALSO.values():
        assert (REPOSITORY / path).is_file()
