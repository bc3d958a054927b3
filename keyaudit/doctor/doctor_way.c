/* Places and lines, one below the other. All of it but the signs may be a stranger's text. */
#include "keyaudit/doctor/doctor_way.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "keyaudit/screen/out_wrap.h"

#include "base/poison.h"

#define WHAT_COLUMNS 15 /* of the name of a place */
#define LINE_AT 5       /* columns before a line of a key file */

static const enum ka_out_colour colours[] = {
	[KA_WAY_OK] = KA_OUT_GOOD, [KA_WAY_UNKNOWN] = KA_OUT_UNKNOWN, [KA_WAY_WARN] = KA_OUT_WARN, [KA_WAY_BAD] = KA_OUT_BAD,
};

static void put_blanks(struct ka_wrap *w, unsigned to)
{
	char blanks[WHAT_COLUMNS + 8];
	unsigned n = w->column < to ? to - w->column : 1;

	memset(blanks, ' ', sizeof(blanks));
	blanks[n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1] = '\0';
	ka_wrap_text(w, KA_OUT_PLAIN, blanks);
}

static void put_id(struct ka_wrap *w, enum ka_reason reason)
{
	if (reason == KA_REASON_NONE)
		return;
	ka_wrap_text(w, KA_OUT_PLAIN, "  ");
	ka_wrap_solid(w, KA_OUT_DIM, ka_reason_id(reason));
}

static void put_stat(struct ka_wrap *w, const struct ka_way_line *line)
{
	char text[4 * (sizeof(line->owner) + sizeof(line->group))];
	struct ka_buf b;

	if (!line->has_stat)
		return;
	ka_buf_init_array(&b, text);
	ka_buf_octal(&b, line->mode & 07777, 4);
	ka_buf_char(&b, ' ');
	ka_text_escape(&b, ka_span_of(line->owner), 0, sizeof(line->owner));
	ka_buf_char(&b, ':');
	ka_text_escape(&b, ka_span_of(line->group), 0, sizeof(line->group));
	ka_wrap_solid(w, KA_OUT_PLAIN, text);
	ka_wrap_text(w, KA_OUT_PLAIN, "  ");
}

/* escaped, and then broken at its blanks */
static void put_words(struct ka_wrap *w, const char *raw)
{
	char text[2 * KA_WAY_TEXT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_text_escape(&b, ka_span_of(raw), 0, sizeof(text) - 8);
	ka_wrap_text(w, KA_OUT_PLAIN, text);
}

static void show_place(const struct ka_out *o, const struct ka_way_line *line)
{
	struct ka_wrap w;
	unsigned at;

	fputc(' ', o->to);
	at = 2 + ka_out_mark(o, colours[line->state]);
	fputc(' ', o->to);
	ka_wrap_begin(&w, o, at, at + (line->file < 0 ? WHAT_COLUMNS + 1 : 2));
	ka_wrap_escaped(&w, KA_OUT_PLAIN, line->what, sizeof(line->what));
	if (line->file < 0)
		put_blanks(&w, at + WHAT_COLUMNS + 1);
	else
		ka_wrap_text(&w, KA_OUT_PLAIN, "  ");
	put_stat(&w, line);
	put_words(&w, line->text);
	put_id(&w, line->reason);
	ka_wrap_end(&w);
}

/* what is to be said of one line: sshd's reason before ours, for that one refuses the login */
static enum ka_reason reason_of(const struct ka_keyrow *row)
{
	return row->reason != KA_REASON_NONE ? (enum ka_reason)row->reason : (enum ka_reason)row->vet;
}

static enum ka_out_colour colour_of(const struct ka_keyrow *row)
{
	if (reason_of(row) == KA_REASON_NONE)
		return KA_OUT_GOOD;
	return row->offer != UINT32_MAX && row->reason != KA_REASON_NONE ? KA_OUT_BAD : KA_OUT_WARN;
}

static void put_number(struct ka_wrap *w, const char *before, unsigned n, const char *after)
{
	char text[48];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, before);
	ka_buf_u64(&b, n);
	ka_buf_text(&b, after);
	ka_wrap_solid(w, KA_OUT_PLAIN, text);
}

static void put_key(struct ka_wrap *w, const struct ka_keyrow *row)
{
	ka_wrap_escaped(w, KA_OUT_PLAIN, row->type, sizeof(row->type));
	if (row->bits > 0)
		put_number(w, " ", row->bits, " bit");
	ka_wrap_text(w, KA_OUT_PLAIN, " ");
	ka_wrap_escaped(w, KA_OUT_PLAIN, row->fp, sizeof(row->fp));
	if (row->comment[0] != '\0') {
		ka_wrap_text(w, KA_OUT_PLAIN, "  ");
		ka_wrap_escaped(w, KA_OUT_PLAIN, row->comment, sizeof(row->comment));
	}
}

static void show_row(const struct ka_out *o, const struct ka_keyrow *row, bool asked)
{
	enum ka_reason why = reason_of(row);
	struct ka_wrap w;
	unsigned at;

	fputs("     ", o->to);
	at = LINE_AT + 1 + ka_out_mark(o, colour_of(row));
	fputc(' ', o->to);
	ka_wrap_begin(&w, o, at, LINE_AT + 2); /* a fingerprint needs the room */
	put_number(&w, "line ", row->line, "");
	put_blanks(&w, at + 10);
	if (row->is_key != 0 || row->fp[0] != '\0')
		put_key(&w, row);
	if (why != KA_REASON_NONE) {
		ka_wrap_text(&w, KA_OUT_PLAIN, row->fp[0] != '\0' ? "  " : "");
		ka_wrap_text(&w, KA_OUT_PLAIN, ka_reason_meaning(why));
		put_id(&w, why);
	}
	if (asked && row->offer != UINT32_MAX)
		ka_wrap_solid(&w, KA_OUT_STRONG, "  <- the key in question");
	ka_wrap_end(&w);
}

void ka_doctor_way_show(const struct ka_out *o, const struct ka_diag_subject *s, const struct ka_diagnosis *d)
{
	if (d->way.count == 0)
		return;
	fputs("\n The way in, as sshd walks it\n", o->to);
	for (size_t i = 0; i < d->way.count; i++) {
		const struct ka_way_line *line = &d->way.line[i];

		show_place(o, line);
		for (size_t n = 0; n < d->rows_count && line->file >= 0; n++)
			if (d->rows[n].file == (uint32_t)line->file)
				show_row(o, &d->rows[n], s->offers_count > 0);
	}
	if (d->rows_left_out > 0)
		fprintf(o->to, "     %zu more lines with keys are not shown (keyaudit vet FILE shows all)\n", d->rows_left_out);
}
