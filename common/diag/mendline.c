/* Mending a line. It must never write a word from the file into a sed script unless it is letters, digits, "-", "@" and ".". */
#include "diag/mendline.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "key/keyfrom.h"

#include "base/poison.h"

#define argv(...) ((const char *const[]){ __VA_ARGS__, NULL })

/*
 * sed -i as the user; below the home only, and not through a link (sed would put a file in its place). @edit is the same, or
 * its old text is NULL: by hand only
 */
static void sed(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, const char *script,
		const struct ka_fixop_edit *edit, struct ka_fix *out)
{
	size_t n = strlen(f->home);

	if (item->file == NULL || n < 2 || strncmp(e->path, f->home, n) != 0 || e->path[n] != '/' || item->file->is_link != 0)
		return;
	if (ka_fix_command(out, f->subject->user, argv("env", "LC_ALL=C", "sed", "-i", "-e", script, "--", e->path)) && edit->old != NULL)
		ka_fixop_edit(&out->ops, e->path, edit, 1);
}

/* a word as sed reads it; false when it holds anything that could mean something there */
static bool put_word(struct ka_buf *b, const char *word)
{
	if (word[0] == '\0')
		return false;
	for (const char *p = word; *p != '\0'; p++) {
		if (!ka_text_is_alnum((uint8_t)*p) && *p != '-' && *p != '@' && *p != '.')
			return false;
		if (*p == '.')
			ka_buf_char(b, '\\');
		ka_buf_char(b, *p);
	}
	return true;
}

/* "LINEs/^\(.\{SKIP\}\)OLD/\1NEW/": the word at this column and no other */
static void replace_word(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, const char *new, struct ka_fix *out)
{
	char script[KA_MENDLINE_SCRIPT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, script);
	ka_buf_u64(&b, e->line);
	ka_buf_text(&b, "s/^\\(.\\{");
	ka_buf_u64(&b, e->column - 1);
	ka_buf_text(&b, "\\}\\)");
	if (e->line == 0 || e->column == 0 || e->column > 10000 || !put_word(&b, e->detail))
		return;
	ka_buf_text(&b, "/\\1");
	if (!put_word(&b, new))
		return;
	ka_buf_char(&b, '/');
	if (!b.overflow)
		sed(f, item, e, script, &(struct ka_fixop_edit){ .line = e->line, .column = e->column, .old = e->detail, .new = new }, out);
}

/* @column, @old, @new: what the script does, 0 for the whole line */
static void at_line(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, const char *rest,
		    struct ka_fixop_edit edit, struct ka_fix *out)
{
	char script[KA_MENDLINE_SCRIPT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, script);
	ka_buf_u64(&b, e->line);
	ka_buf_text(&b, rest);
	edit.line = e->line;
	if (!b.overflow && e->line > 0)
		sed(f, item, e, script, &edit, out);
}

static void fix_joined(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	char rest[64];
	struct ka_buf b;

	if (item->hit->what != KA_KEYSCAN_GLUED || e->column < 2)
		return; /* the second key may have options that must not get lost */
	ka_buf_init_array(&b, rest);
	ka_buf_text(&b, "s/./&\\n/");
	ka_buf_u64(&b, e->column - 1);
	at_line(f, item, e, rest, (struct ka_fixop_edit){ .column = e->column, .old = "", .new = "\n" }, out);
}

static void fix_utf16(const struct ka_facts *f, const struct ka_evidence *e, const char *from, enum ka_fixop_code code, struct ka_fix *out)
{
	const struct ka_fixop_edit edit = { .code = code, .old = "", .new = "" };

	char new[KA_TEXT_PATH_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, new);
	ka_buf_text(&b, e->path);
	ka_buf_text(&b, ".utf8");
	if (!b.overflow &&
	    ka_fix_command(out, f->subject->user, argv("iconv", "-f", from, "-t", "UTF-8", "-o", new, "--", e->path)) &&
	    ka_fix_command(out, f->subject->user, argv("cp", "--", new, e->path)) &&
	    ka_fix_command(out, f->subject->user, argv("rm", "--", new)))
		ka_fixop_edit(&out->ops, e->path, &edit, 3);
}

static void fix_not_ascii(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	switch (item->hit->what) {
	case KA_KEYSCAN_BOM:
		at_line(f, item, e, "s/^\\xEF\\xBB\\xBF//", (struct ka_fixop_edit){ .column = 1, .old = "\xEF\xBB\xBF", .new = "" }, out);
		break;
	case KA_KEYSCAN_NBSP:
		at_line(f, item, e, "s/\\xC2\\xA0/ /g", (struct ka_fixop_edit){ .old = "\xC2\xA0", .new = " " }, out);
		break;
	case KA_KEYSCAN_UTF16_MARKED:
		fix_utf16(f, e, "UTF-16", KA_FIXOP_CODE_UTF16, out);
		break;
	case KA_KEYSCAN_UTF16LE:
		fix_utf16(f, e, "UTF-16LE", KA_FIXOP_CODE_UTF16LE, out);
		break;
	case KA_KEYSCAN_UTF16BE:
		fix_utf16(f, e, "UTF-16BE", KA_FIXOP_CODE_UTF16BE, out);
		break;
	default:
		break;
	}
}

static const char *offered_type(const struct ka_facts *f, const struct ka_primary_item *item)
{
	return item->offer >= 0 && (size_t)item->offer < f->offers_count ? f->offers[item->offer].type : "";
}

static void fix_type(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	char rest[128], word[KA_TYPE_NAME_MAX + 1];
	struct ka_buf b, w;

	if (item->hit->what == KA_KEYSCAN_TYPE_WORD) {
		replace_word(f, item, e, offered_type(f, item), out);
		return;
	}
	ka_buf_init_array(&b, rest);
	ka_buf_text(&b, "s/^/");
	if (item->hit->what == KA_KEYSCAN_TYPE_MISSING && e->column == 1 && put_word(&b, offered_type(f, item))) {
		ka_buf_text(&b, " /");
		ka_buf_init_array(&w, word);
		ka_buf_text(&w, offered_type(f, item));
		ka_buf_char(&w, ' ');
		at_line(f, item, e, rest, (struct ka_fixop_edit){ .column = 1, .old = "", .new = word }, out);
	}
}

/* no op: a program that makes an authority of a key would widen who may log in */
static void fix_unmarked(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	char rest[96];
	struct ka_buf b;

	ka_buf_init_array(&b, rest);
	ka_buf_text(&b, "s/^");
	if (e->column > 1) {
		ka_buf_text(&b, ".\\{");
		ka_buf_u64(&b, e->column - 1);
		ka_buf_text(&b, "\\}/&");
	} else {
		ka_buf_char(&b, '/');
	}
	ka_buf_text(&b, item->hit->near); /* ours: scancert.c */
	ka_buf_char(&b, '/');
	if (strcmp(item->hit->near, "cert-authority ") != 0 && strcmp(item->hit->near, "cert-authority,") != 0)
		return; /* a process that has parsed hostile files says otherwise */
	at_line(f, item, e, rest, (struct ka_fixop_edit){ .old = NULL }, out);
}

static void advise_value(const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	char text[512], list[200];
	struct ka_buf b, right;

	ka_buf_init_array(&right, list);
	ka_buf_init_array(&b, text);
	if (strcmp(item->hit->near, "from") == 0 && ka_keyfrom_correct(ka_span_of(e->detail), &right)) {
		ka_buf_text(&b, "A network has no host bits: write from=\"");
		ka_text_escape(&b, ka_buf_as_span(&right), 0, sizeof(list));
		ka_buf_text(&b, "\" in line ");
		ka_buf_u64(&b, e->line);
		ka_buf_text(&b, " if the whole network is meant, or the address alone");
		ka_fix_advice(out, text);
		return;
	}
	ka_buf_text(&b, "Correct the option value at column ");
	ka_buf_u64(&b, e->column);
	ka_buf_text(&b, " of line ");
	ka_buf_u64(&b, e->line);
	ka_buf_text(&b, ": values stand in double quotes, from= takes addresses, names with * and ?, and networks without host "
			"bits (10.0.0.0/8), expiry-time= YYYYMMDD[HHMM[SS]][Z], permitopen= HOST:PORT");
	ka_fix_advice(out, text);
}

static void advise_from(const struct ka_facts *f, const struct ka_evidence *e, struct ka_fix *out)
{
	const struct ka_fix_words words = { .user = f->subject->user };
	char text[512];
	struct ka_buf b;

	if (f->subject->address[0] == '\0') {
		ka_fix_template(out, "Ask again for the client's address: keyaudit doctor USER --from ADDRESS", &words);
		return;
	}
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "If this client may use the key, add its address as the server sees it to from= in line ");
	ka_buf_u64(&b, e->line);
	ka_buf_text(&b, ": ");
	ka_text_escape(&b, ka_span_of(f->subject->address), 0, 64);
	ka_fix_advice(out, text);
}

void ka_mendline_make(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	switch (item->reason) {
	case KA_REASON_LINE_JOINED:
		fix_joined(f, item, e, out);
		break;
	case KA_REASON_LINE_NOT_ASCII:
		fix_not_ascii(f, item, e, out);
		break;
	case KA_REASON_KEY_TYPE_MISMATCH:
	case KA_REASON_KEY_TYPE_UNKNOWN:
		fix_type(f, item, e, out);
		break;
	case KA_REASON_OPTION_UNKNOWN:
		replace_word(f, item, e, item->hit->near, out);
		break;
	case KA_REASON_CERT_CA_NOT_MARKED:
		fix_unmarked(f, item, e, out);
		break;
	case KA_REASON_OPTION_BAD_VALUE:
		advise_value(item, e, out);
		break;
	case KA_REASON_OPTION_FROM_MISMATCH:
		advise_from(f, e, out);
		break;
	case KA_REASON_LINE_FOREIGN_FORMAT:
		ka_fix_template(out, item->hit->what == KA_KEYSCAN_PEM ?
					     "Convert it, and put the output in its place: ssh-keygen -i -m PKCS8 -f FILE" :
					     "Convert it, and put the output in its place: ssh-keygen -i -f FILE",
				&(struct ka_fix_words){ .file = e->path });
		break;
	default:
		break;
	}
}
