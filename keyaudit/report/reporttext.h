/*
 * Text of strangers in a page. Everything that is no constant of ours goes through ka_reporttext_html(), and only there
 * it becomes HTML: as text between tags or inside a quoted attribute, nowhere else.
 */
#ifndef KA_REPORTTEXT_H
#define KA_REPORTTEXT_H

#include <stddef.h>
#include <stdio.h>

/** ka_reporttext_keep() - @text in @size bytes, which are at least 4; what is longer is cut between characters and ends in "..." */
void ka_reporttext_keep(const char *text, char *out, size_t size);

/**
 * ka_reporttext_html() - write @text so that it stays text
 *
 * What could move or hide characters becomes \xNN (ka_text_escape()), unless the trail has done that already; then the five
 * characters of HTML become references. What is longer than four times KA_REPORT_TEXT_MAX ends in "...".
 */
void ka_reporttext_html(FILE *to, const char *text);

#endif
