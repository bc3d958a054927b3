#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""rows.py FILE: what the tables of a page of `keyaudit report` say, a line for each row: its caption and NAME=CELL, tabs between
them. The text of a cell is what stands outside <small>; of the figures at the top the caption is "figures"."""
import html.parser
import sys


class Rows(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.caption, self.head, self.row, self.text, self.name = "", [], [], None, ""
        self.small = 0

    def handle_starttag(self, tag, attrs):
        self.small += tag == "small"
        if tag in ("th", "td", "caption", "dt", "dd"):
            self.text = ""
        if tag == "tr":
            self.row = []
        if tag == "thead":
            self.head = []

    def handle_data(self, data):
        if self.text is not None and self.small == 0:
            self.text += data

    def handle_endtag(self, tag):
        self.small -= tag == "small"
        if tag == "caption":
            self.caption = self.text.split(",")[0].split(";")[0]
        elif tag in ("th", "td"):
            self.row.append(self.text)
        elif tag == "thead":
            self.head = self.row
        elif tag == "tr" and self.row is not self.head and self.head:
            print("\t".join([self.caption] + ["%s=%s" % pair for pair in zip(self.head, self.row)]))
        elif tag == "dt":
            self.name = self.text
        elif tag == "dd":
            print("figures\t%s=%s" % (self.name, self.text))
        elif tag == "table":
            self.head = []
        if tag in ("th", "td", "caption", "dt", "dd"):
            self.text = None


rows = Rows()
with open(sys.argv[1], encoding="utf-8") as page:
    rows.feed(page.read())
