"""Attacks that sanitisers are known to have fallen for, against both ways: in and out.

Kinds: OWASP's filter evasion cheat sheet; mutation XSS (markup that changes meaning when parsed again, by svg, math,
noscript, template, style); encodings; tags that are never closed.
"""

import re

import pytest
from strict_html import wrong_in

from blog.content.clean import clean
from blog.content.editor import to_editor
from blog.content.render import Picture, render

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://x.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<<script>alert(1)//<</script>",
    "<script>alert(1)",
    "<script\x00>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src=x/onerror=alert(1)>",
    "<img data-image=1 src=javascript:alert(1) onload=alert(1)>",
    '<img data-image="1" alt="&quot; onerror=alert(1) x=&quot;">',
    '<img data-image="1&quot; onerror=&quot;alert(1)">',
    "<img data-image=1 alt=`x` style=background:url(javascript:alert(1))>",
    '<IMG """><SCRIPT>alert(1)</SCRIPT>"\\>',
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<a href='java&#x0A;script:alert(1)'>x</a>",
    "<a href='java\x00script:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='&#1;javascript:alert(1)'>x</a>",
    "<a href='java\u200bscript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>x</a>",
    "<a href='&#0000106avascript:alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='javascript&#58alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='view-source:javascript:alert(1)'>x</a>",
    "<a href=x onclick=alert(1) onmouseover=alert(1)>x</a>",
    "<a href='https://x.example/\"onmouseover=alert(1) x='>x</a>",
    "<a xlink:href=javascript:alert(1)>x</a>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button><input onfocus=alert(1)>",
    "<base href=javascript://>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'><link rel=stylesheet href=//x.example>",
    "<style>@import 'https://x.example/x.css';</style><p style='background:url(javascript:alert(1))'>x</p>",
    "<style><img src=x onerror=alert(1)></style>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script>alert&#40;1)</script>",
    "<svg><a xlink:href=javascript:alert(1)><text y=20>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><svg><mtext><style><path id='</style><img onerror=alert(1) src>'>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noscript><style></noscript><img src=x onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<template><p title='</template><img src=x onerror=alert(1)>'>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<title><p title='</title><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<noembed><img title='</noembed><img src=x onerror=alert(1)>'>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<table><td><svg><desc><td><script>alert(1)</script>",
    "<p><table><a href=javascript:alert(1)><tr><td>x",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><img src=x onerror=alert(1)?>",
    "<!DOCTYPE x [<!ENTITY a '<script>alert(1)</script>'>]><p>&a;</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "＜script＞alert(1)＜/script＞",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<marquee onstart=alert(1)>x</marquee><isindex type=image src=1 onerror=alert(1)>",
    "<body onload=alert(1)><html onfocus=alert(1)><frameset onload=alert(1)>",
    "<div class=table role=group tabindex=0 onfocus=alert(1) autofocus>x</div>",
    "<td colspan='2 onclick=alert(1)'>x",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "<p " + "a" * 5000 + "=x onclick=alert(1)>x</p>",
]
PICTURES = {1: Picture((("image/avif", "/1.avif 660w"),), "/1.jpg", "/1.jpg 660w", 660, 440)}


@pytest.mark.parametrize(
    "html", [*ATTACKS, "".join(ATTACKS[:40]), "".join(reversed(ATTACKS))], ids=lambda html: html[:30]
)
def test_an_attack_never_passes_either_way(html):
    cleaned = clean(html)
    assert wrong_in(cleaned) == []
    assert clean(cleaned) == cleaned
    for way_out in (render(html, PICTURES).html, to_editor(html, "/{}.jpg".format)):
        tags = " ".join(re.findall(r"<[^>]*>", re.sub(r'alt="[^"]*"', "", way_out))).lower()
        assert not re.search(
            r"\son\w+\s*=|script|data:|<(iframe|object|embed|svg|math|form|style|template|base|meta|link)", tags
        )


@pytest.mark.parametrize(
    "html", ["<svg><p>x</svg>after", "<math><b>x</math>after", "<script>x</script>after", "<style>x</style>after"]
)
def test_the_words_after_an_attack_stay(html):
    assert clean(html) == "<p>after</p>"
