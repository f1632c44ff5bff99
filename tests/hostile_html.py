"""Markup that attacks, and markup that nobody would write: for everything that takes HTML from outside.

Kinds of attack: OWASP's filter evasion cheat sheet; mutation XSS (markup that changes meaning when parsed again, by
svg, math, noscript, template, style); encodings; tags that are never closed.
"""

from hypothesis import strategies as st

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
    # Depths at which parsers and serialisers begin to differ.
    "<div>" * 520 + "<svg><style><a title='</style><img src=x onerror=alert(1)>'>",
    "<form><table>" * 60 + "<math><mtext><style><!--</style><img src=x onerror=alert(1)>-->",
    "<b>" * 300 + "<table>" * 300 + "<script>alert(1)</script>",
    # Namespaces that are left and entered again.
    "<svg><foreignobject><math><mi><style><!--</style><img src=x onerror=alert(1)>--></mi></math>",
    "<math><annotation-xml encoding=text/html><svg><title><a id='</title><img src=x onerror=alert(1)>'>",
    "<svg><desc><noscript><p id='</noscript><img src=x onerror=alert(1)>'></desc>",
    "<math><mglyph><svg><mtext><textarea><path id='</textarea><img onerror=alert(1) src=1>'>",
    "<select><math><mtext><option><script>alert(1)</script></select>",
    # What a second reading puts elsewhere.
    "<table><a href=javascript:alert(1)><table></a><img src=x onerror=alert(1)></table>",
    "<p><table><p id='</table><img src=x onerror=alert(1)>'>x</table>",
    "<a href=https://x.example/><table><td><a href=javascript:alert(1)>x",
    "<figure><figcaption><table><figcaption><svg onload=alert(1)>",
    "<ul><li><template shadowrootmode=open><img src=x onerror=alert(1)></template>",
    # Newer powers of attributes, and addresses with holes in them.
    "<p popover onbeforetoggle=alert(1) id=x><button popovertarget=x>x</button>",
    "<h2 is=x-y style='animation:x' onanimationstart=alert(1) contenteditable autofocus onfocus=alert(1)>x</h2>",
    "<a href=https://x.example/ ping=https://y.example/ target=x download attributionsrc=//y.example>x</a>",
    "<a href='&Tab;java&NewLine;script:alert(1)'>x</a>",
    "<img data-image=1 srcset='javascript:alert(1) 1x' imagesizes=x fetchpriority=high lowsrc=javascript:alert(1)>",
    "<\x00script>alert(1)</script><scr\x00ipt>alert(1)</scr\x00ipt>",
    "<p id=__proto__><p id=location><p name=attributes>x",
    "<?xml-stylesheet href='javascript:alert(1)'?><img src=x onerror=alert(1)>",
    "<!--\x00--!><img src=x onerror=alert(1)>",
]


TAGS = (
    *"p h2 h3 h4 ul li strong em sub sup br blockquote figure figcaption table caption thead tbody tr ol".split(),
    *"a img th td aside".split(),
    *"h1 h5 h6 b i u s div span font section pre hr tfoot dl dt dd o:p center form button body html head".split(),
    *"script style iframe object embed svg math noscript template title textarea xmp plaintext base meta".split(),
)
ATTRIBUTES = (
    "href=http://x.example/ href='javascript:alert(1)' href=&#106;avascript:alert(1) data-image=3 data-image=0 "
    "data-image=x alt='\"q' start=4 start=-1 scope=row scope=x colspan=2 rowspan=999 onclick=alert(1) onerror=alert(1) "
    "class=MsoTitle id=a "
    "style=font-weight:bold style='font-weight:normal' style=font-style:italic style='mso-list:Ignore' "
    "style='mso-list:l0&#32;level1&#32;lfo1' style='mso-list:l0&#32;level3&#32;lfo1' src=https://x.example/a.png "
    "data-box=warning data-box=asks data-box=urgent data-box=x class=callout class=care class=asks class=call "
    "src=https://youtu.be/abcdefgh href=https://youtu.be/abcdefgh title=&lt;b>"
).split()
WORDS = (
    "a|b c| |\n|&nbsp;|&amp;|&lt;b>|<|>|1.|·|é|\u200b|\xad|\x00|&#1;|<!-- x|-->|"
    "<!--[if !supportLists]-->|<!--[endif]-->|]]>|<![CDATA["
)

tag = st.builds(
    "<{}{} {}>".format,
    st.sampled_from(("", "", "/")),
    st.sampled_from(TAGS),
    st.lists(st.sampled_from(ATTRIBUTES), max_size=2).map(" ".join),
)
soup = st.lists(tag | st.sampled_from(WORDS.split("|")), max_size=40).map("".join)
wrapped = st.builds(
    "<{0} {1}>{2}</{0}>".format,
    st.sampled_from(("a", "span", "p", "ul", "li", "table", "tr", "td", "figure", "h1", "div", "blockquote"))
    | st.sampled_from(TAGS),
    st.sampled_from(ATTRIBUTES),
    st.deferred(lambda: nest),
)
nest = st.lists(
    st.sampled_from(("a", "b c", " ", "&nbsp;", "<br>", "<img data-image=3>")) | wrapped, min_size=1, max_size=3
).map("".join)
anything = st.text(max_size=200) | soup | nest
