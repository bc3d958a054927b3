/*
 * HTML. Must never print a text of the trail but by ka_reporttext_html(), nor put one anywhere but between tags. No script and
 * no address stands in it, and its policy (default-src 'none') would let none of them do anything.
 */
#include "keyaudit/report/reportpage.h"

#include <inttypes.h>

#include "base/err.h"
#include "base/text.h"
#include "keyaudit/report/reportchart.h"
#include "keyaudit/report/reporttext.h"

#include "base/poison.h"

/* Colours: text at least 4.5:1, bars at least 3:1 on their ground, in both schemes. */
static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>keyaudit report</title>\n<style>\n"
	":root{--bg:#fff;--fg:#1a1d21;--soft:#565c64;--line:#c9ced6;--card:#f4f5f7;--link:#0b57a4;"
	"--c0:#0b62b0;--c1:#b3460d;--c2:#2e7d32;--c3:#8a3ea8;--c4:#806000;--c5:#5c6570}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e7e9ec;--soft:#a9b0b9;--line:#3a4048;--card:#1d2126;--link:#7cb8f5;"
	"--c0:#6cb2f5;--c1:#f0935a;--c2:#7fcb84;--c3:#d59bf0;--c4:#e0c050;--c5:#a2abb6}}\n"
	"*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif}\n"
	"header,main,footer{max-width:68rem;margin:0 auto;padding:0 1.25rem}h1{margin:1.5rem 0 .25rem;font-size:1.75rem}\n"
	"h2{margin:2.5rem 0 .5rem;font-size:1.25rem}p{margin:.5rem 0}.soft,footer,figcaption,caption{color:var(--soft)}\n"
	"a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
	".skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.5rem 1rem}\n"
	"dl{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}dl div{flex:1 1 9rem;background:var(--card);border-radius:.5rem;padding:.75rem 1rem}\n"
	"dt{color:var(--soft);font-size:.875rem}dd{margin:0;font-size:1.5rem;font-variant-numeric:tabular-nums}\n"
	"figure{margin:1rem 0}svg{width:100%;height:auto;display:block}svg text{font-size:130px;fill:var(--soft)}\n"
	".grid{stroke:var(--line);stroke-width:8;fill:none}rect{stroke:var(--bg);stroke-width:8}\n"
	".s0{fill:var(--c0)}.s1{fill:var(--c1)}.s2{fill:var(--c2)}.s3{fill:var(--c3)}.s4{fill:var(--c4)}.s5{fill:var(--c5)}\n"
	".k0{background:var(--c0)}.k1{background:var(--c1)}.k2{background:var(--c2)}.k3{background:var(--c3)}.k4{background:var(--c4)}.k5{background:var(--c5)}\n"
	".legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.5rem 0}\n"
	".legend span{display:inline-block;width:.8em;height:.8em;margin-right:.4em;border-radius:2px;forced-color-adjust:none}\n"
	".wide{overflow-x:auto}.wide>*{min-width:44rem}table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.9375rem}caption{text-align:left;padding:.25rem 0}\n"
	"th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}\n"
	"th{font-weight:600}tbody th{min-width:9rem}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.t{white-space:nowrap}\n"
	"code{font:.875em/1.45 ui-monospace,monospace}td small,th small{display:block;color:var(--soft);font-weight:400;font-size:.875rem}\n"
	"summary{cursor:pointer;color:var(--link)}footer{margin:3rem auto 2rem;font-size:.875rem}\n"
	"@media print{.skip{display:none}}\n</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n";

struct column {
	const char *name;
	bool is_number;
};

static void table_begin(FILE *to, const char *caption, const struct column *columns, size_t n)
{
	fprintf(to, "<div class=\"wide\" role=\"region\" aria-label=\"%s\" tabindex=\"0\">\n<table>\n<caption>%s</caption>\n<thead><tr>", caption, caption);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "<th scope=\"col\"%s>%s</th>", columns[i].is_number ? " class=\"n\"" : "", columns[i].name);
	fputs("</tr></thead>\n<tbody>\n", to);
}

static void table_end(FILE *to)
{
	fputs("</tbody>\n</table>\n</div>\n", to);
}

/* "2026-08-23 10:15" of a time as the trail writes it */
static void when(FILE *to, const char *at)
{
	char text[KA_CLOCK_TEXT_MAX];

	ka_reporttext_keep(at, text, sizeof(text));
	if (text[0] != '\0' && text[10] == 'T') {
		text[10] = ' ';
		text[16] = '\0';
	}
	ka_reporttext_html(to, text);
}

static void inside(FILE *to, const char *before, const char *text, const char *after)
{
	if (text[0] == '\0')
		return;
	fputs(before, to);
	ka_reporttext_html(to, text);
	fputs(after, to);
}

/* a command looks like one; advice begins with a capital letter */
static void fix(FILE *to, const char *text)
{
	if (ka_text_is_lower((uint8_t)text[0]))
		inside(to, "<code>", text, "</code>");
	else
		inside(to, "", text, "");
}

static void figures(FILE *to, const struct ka_report *r)
{
	const struct { const char *name; uint64_t n; } rows[] = {
		{ "Refusals", r->refusals }, { "Logins", r->logins }, { "Users waiting", r->n_users }, { "Keys to rotate", r->n_keys },
	};

	fputs("<dl>\n", to);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		fprintf(to, "<div><dt>%s</dt><dd>%" PRIu64 "</dd></div>\n", rows[i].name, rows[i].n);
	fputs("</dl>\n", to);
}

static void reason_cell(FILE *to, const char *tag, enum ka_reason reason)
{
	fprintf(to, "<%s><code>%s</code><small>", tag, ka_reason_id(reason));
	ka_reporttext_html(to, ka_reason_meaning(reason));
	fprintf(to, "</small></%.2s>", tag);
}

static void causes(FILE *to, const struct ka_report *r)
{
	static const struct column columns[] = { { "Cause", false }, { "Refusals", true }, { "Last (UTC)", false }, { "What mends it", false } };
	enum ka_reason top[KA_REPORT_CAUSES_MAX];
	size_t n = ka_reportsum_top(r, top, KA_ARRAY_LEN(top));
	uint64_t others = r->refusals;

	fputs("<section aria-labelledby=\"causes\">\n<h2 id=\"causes\">Top causes</h2>\n", to);
	if (n > 0)
		table_begin(to, "Causes by number of refusals", columns, KA_ARRAY_LEN(columns));
	for (size_t i = 0; i < n; i++) {
		const struct ka_report_cause *c = &r->causes[top[i]];

		others -= c->count;
		fputs("<tr>", to);
		reason_cell(to, "th scope=\"row\"", top[i]);
		fprintf(to, "<td class=\"n\">%" PRIu64 "</td><td class=\"t\">", c->count);
		when(to, c->last);
		fputs("</td><td>", to);
		fix(to, ka_reason_fix(top[i]));
		inside(to, "<small>last time: <code>", c->fix, "</code></small>");
		inside(to, "<small>file: <code>", c->path, "</code></small>");
		fputs("</td></tr>\n", to);
	}
	if (n > 0)
		table_end(to);
	else
		fputs("<p>None.</p>\n", to);
	if (others > 0)
		fprintf(to, "<p>%" PRIu64 " refusals have other causes.</p>\n", others);
	fputs("</section>\n", to);
}

static void users(FILE *to, const struct ka_report *r)
{
	static const struct column columns[] = { { "User", false }, { "Refusals", true }, { "Last (UTC)", false }, { "Reason", false }, { "Fix", false } };

	fputs("<section aria-labelledby=\"users\">\n<h2 id=\"users\">Users waiting for a fix</h2>\n"
	      "<p class=\"soft\">Refused in this time, and no login since.</p>\n", to);
	if (r->n_users > 0)
		table_begin(to, "Users waiting, the latest refusal first", columns, KA_ARRAY_LEN(columns));
	for (size_t i = 0; i < r->n_users; i++) {
		const struct ka_report_user *u = &r->users[i];

		inside(to, "<tr><th scope=\"row\">", u->name, "");
		fprintf(to, "%s</th><td class=\"n\">%" PRIu64 "</td><td class=\"t\">", u->is_claimed ? "<small>claimed, not seen by root</small>" : "", u->count);
		when(to, u->last);
		fputs("</td>", to);
		reason_cell(to, "td", u->reason);
		fputs("<td>", to);
		fix(to, u->fix[0] != '\0' ? u->fix : u->reason != KA_REASON_NONE ? ka_reason_fix(u->reason) : "-");
		fputs("</td></tr>\n", to);
	}
	if (r->n_users > 0)
		table_end(to);
	else
		fputs("<p>Nobody.</p>\n", to);
	if (r->users_left_out > 0)
		fprintf(to, "<p>%" PRIu64 " refusals are of others for whom there is no room here.</p>\n", r->users_left_out);
	if (r->nobody > 0)
		fprintf(to, "<p>%" PRIu64 " refusals are of names that have no account here.</p>\n", r->nobody);
	fputs("</section>\n", to);
}

static void keys(FILE *to, const struct ka_report *r)
{
	static const struct column columns[] = { { "Key", false }, { "Seen", true }, { "Last (UTC)", false }, { "User", false }, { "Reason", false } };

	fputs("<section aria-labelledby=\"keys\">\n<h2 id=\"keys\">Keys to rotate</h2>\n"
	      "<p class=\"soft\">Offered in this time, and weak, revoked or of an old type: only another key helps.</p>\n", to);
	if (r->n_keys > 0)
		table_begin(to, "Keys to rotate, the most offered first", columns, KA_ARRAY_LEN(columns));
	for (size_t i = 0; i < r->n_keys; i++) {
		const struct ka_report_key *k = &r->keys[i];

		inside(to, "<tr><th scope=\"row\"><code>", k->fingerprint, "</code>");
		inside(to, "<small>", k->type, "</small>");
		inside(to, "<small>label: ", k->label, "</small>");
		fprintf(to, "</th><td class=\"n\">%" PRIu64 "</td><td class=\"t\">", k->count);
		when(to, k->last);
		inside(to, "</td><td>", k->user[0] != '\0' ? k->user : "-", "</td>");
		reason_cell(to, "td", k->reason);
		fputs("</tr>\n", to);
	}
	if (r->n_keys > 0)
		table_end(to);
	else
		fputs("<p>None.</p>\n", to);
	if (r->keys_left_out > 0)
		fprintf(to, "<p>%" PRIu64 " more offers are of keys for which there is no room here.</p>\n", r->keys_left_out);
	fputs("</section>\n", to);
}

void ka_reportpage_print(FILE *to, const struct ka_report *r, const char *trail, unsigned long broken)
{
	fputs(head, to);
	fputs("<header>\n<h1>keyaudit report</h1>\n<p class=\"soft\">", to);
	when(to, r->since);
	fputs(" to ", to);
	when(to, r->until);
	inside(to, " UTC, from <code>", trail, "</code></p>\n</header>\n<main id=\"main\" tabindex=\"-1\">\n");
	figures(to, r);
	fputs("<section aria-labelledby=\"time\">\n<h2 id=\"time\">Refusals over time</h2>\n", to);
	ka_reportchart_print(to, r);
	fputs("</section>\n", to);
	causes(to, r);
	users(to, r);
	keys(to, r);
	fprintf(to, "</main>\n<footer>\n<p>%" PRIu64 " events were read; %lu lines were none, and %" PRIu64 " had no time. "
		"What a reason means: <code>keyaudit explain REASON</code>.</p>\n</footer>\n</body>\n</html>\n", r->events, broken, r->undated);
}
