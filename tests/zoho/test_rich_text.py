"""HTML becomes readable text: pitfall 19."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.values import plain_text


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<div>Content review</div>", "Content review"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>One</p><p>Two &amp; three</p>", "One\nTwo & three"),
        ("<ul><li>x</li><li>y</li></ul>", "x\ny"),
        ("<div>a\n   b</div>", "a b"),
        ("plain\nlines\r\nkept", "plain\nlines\nkept"),
        ("5 &lt; 6 &nbsp; ok", "5 < 6 ok"),
        ("a < b and c > d", "a < b and c > d"),
        ("<script>alert(1)</script>seen", "seen"),
        ("<style>p{}</style><p>seen</p>", "seen"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<![if !supportLists]>x<![endif]>", "x"),
        ("<b>x</b><![rubbish[", "x<![rubbish["),
        ("<!-- hidden -->shown", "shown"),
        ("<div>caf&eacute; &#8364;</div>", "café €"),
        ("", ""),
        (None, ""),
        (12, ""),
    ],
)
def test_plain_text(html, expected):
    assert plain_text(html) == expected


@given(st.text(alphabet="<>!-[]/ab=\"'&; \n", max_size=40))
def test_no_markup_is_too_broken(html):
    assert isinstance(plain_text(html), str)
