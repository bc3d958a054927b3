#!/usr/bin/env python3
"""Read a page of `keyaudit report` with a parser of Python's own, and say what is wrong with it.

page.py FILE [TEXT ...]: only the elements and attributes that we write are in it, nothing in it runs or asks anybody, what an id
is asked for is there, headings come in order, tables have captions and scopes; and each TEXT stands in it as text.
"""
import html.parser
import sys

ALLOWED = {
    "html": {"lang"}, "head": set(), "meta": {"charset", "http-equiv", "content", "name"}, "title": {"id"}, "style": set(), "body": set(),
    "a": {"class", "href"}, "header": set(), "main": {"id", "tabindex"}, "footer": set(), "section": {"aria-labelledby"},
    "h1": set(), "h2": {"id"}, "p": {"class"}, "dl": set(), "div": {"class", "role", "aria-label", "tabindex"}, "dt": set(), "dd": set(),
    "figure": set(), "figcaption": set(), "svg": {"role", "aria-labelledby", "viewbox"}, "desc": {"id"}, "path": {"class", "d"},
    "text": {"x", "y", "text-anchor"}, "rect": {"class", "x", "y", "width", "height"}, "ul": {"class"}, "li": set(), "span": {"class"},
    "details": set(), "summary": set(), "table": set(), "caption": set(), "thead": set(), "tbody": set(), "tr": set(),
    "th": {"scope", "class"}, "td": {"class"}, "code": set(), "small": set(),
}
EMPTY = {"meta", "path", "rect"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.wrong, self.open, self.ids, self.asked, self.text, self.headings = [], [], set(), set(), [], []
        self.tables = self.captions = 0
        self.policy = self.elements = 0

    def handle_starttag(self, tag, attrs):
        self.elements += 1
        if tag not in ALLOWED:
            self.wrong.append("element <%s>" % tag)
        for name, value in attrs:
            if name not in ALLOWED.get(tag, set()):
                self.wrong.append("attribute %s of <%s>" % (name, tag))
            if name == "id":
                self.wrong += ["id %s twice" % value] if value in self.ids else []
                self.ids.add(value)
            if name in ("aria-labelledby", "href"):
                self.asked |= set(value.lstrip("#").split())
            if name == "href" and not value.startswith("#"):
                self.wrong.append("a link to %s" % value)
        attrs = dict(attrs)
        self.policy += attrs.get("http-equiv") == "Content-Security-Policy" and attrs.get("content") == POLICY
        self.tables += tag == "table"
        self.captions += tag == "caption" and self.open[-1:] == ["table"]
        if tag == "th" and attrs.get("scope") not in ("col", "row"):
            self.wrong.append("<th> without a scope")
        if tag == "svg" and (attrs.get("role") != "img" or len(attrs.get("aria-labelledby", "").split()) != 2):
            self.wrong.append("<svg> without a name")
        if tag in ("h1", "h2"):
            self.headings.append(int(tag[1]))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in EMPTY:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append("</%s> out of place" % tag)

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text.append(data)
        elif "url(" in data or "@import" in data or "//" in data:
            self.wrong.append("the style asks somebody")

    def handle_comment(self, data):
        self.wrong.append("a comment")

    def unknown_decl(self, data):
        self.wrong.append("a declaration")


def main():
    page = Page()
    with open(sys.argv[1], encoding="utf-8") as f:
        source = f.read()
    page.feed(source)
    page.close()
    text = "".join(page.text)
    wrong = page.wrong + ["<%s> is not closed" % tag for tag in page.open]
    wrong += ["nothing has the id %s" % i for i in page.asked - page.ids]
    wrong += ["character %r" % c for c in sorted(set(source)) if (ord(c) < 32 and c != "\n") or ord(c) in range(0x7f, 0xa0) or ord(c) in
              (0xfeff, 0x200b, 0x2028, 0x2029) or ord(c) in range(0x202a, 0x202f) or ord(c) in range(0x2066, 0x206a)]
    wrong += ["text %r is not there" % t for t in sys.argv[2:] if t not in text]
    if page.policy != 1:
        wrong.append("no policy")
    if page.tables == 0 or page.captions != page.tables:
        wrong.append("%d tables, %d captions" % (page.tables, page.captions))
    if page.headings != [1] + [2] * (len(page.headings) - 1) or len(page.headings) < 5:
        wrong.append("headings %r" % page.headings)
    for line in sorted(set(wrong)):
        print("page: " + line, file=sys.stderr)
    print("report-page: %d elements, %d wrong" % (page.elements, len(wrong)))
    return 1 if wrong else 0


sys.exit(main())
