/* The table of all accounts. Names and paths are strangers' text. */
#include "keyaudit/doctor/allshow.h"

#include <stdio.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/text.h"
#include "keyaudit/screen/out_text.h"
#include "keyaudit/screen/out_wrap.h"

#include "base/poison.h"

#define NAME_COLUMNS 24

static const enum ka_out_colour colours[KA_ALLUSER_STATES] = {
	[KA_ALLUSER_OK] = KA_OUT_GOOD, [KA_ALLUSER_NONE] = KA_OUT_GOOD, [KA_ALLUSER_WARN] = KA_OUT_WARN, [KA_ALLUSER_FAIL] = KA_OUT_BAD,
	[KA_ALLUSER_UNKNOWN] = KA_OUT_WARN,
};

static void escape(const char *raw, char *out, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_text_escape(&b, ka_span_of(raw), 0, size - 8);
}

static unsigned name_columns(const struct ka_allusers *all)
{
	char name[4 * KA_USER_NAME_MAX + 8];
	unsigned most = 4;

	for (size_t i = 0; i < all->count; i++) {
		if (all->found[i].state == KA_ALLUSER_NONE || all->found[i].state == KA_ALLUSER_OK)
			continue;
		escape(all->name[i], name, sizeof(name));
		most = strlen(name) > most ? (unsigned)strlen(name) : most;
	}
	return most < NAME_COLUMNS ? most : NAME_COLUMNS;
}

static void show_one(const struct ka_out *o, const struct ka_allusers *all, size_t i, unsigned columns)
{
	const struct ka_alluser *one = &all->found[i];
	char name[4 * KA_USER_NAME_MAX + 8], place[4 * KA_ALLUSERS_PATH_MAX + 32];
	struct ka_wrap w;
	struct ka_buf b;
	unsigned at;

	escape(all->name[i], name, sizeof(name));
	fputc(' ', o->to);
	at = 1 + ka_out_mark(o, colours[one->state]);
	at += (unsigned)fprintf(o->to, " %-*s %5u  ", (int)columns, name, (unsigned)one->keys);
	ka_wrap_begin(&w, o, at, at);
	if (one->state == KA_ALLUSER_UNKNOWN)
		ka_wrap_text(&w, KA_OUT_PLAIN, "could not be looked at");
	if (one->reason != KA_REASON_NONE)
		ka_wrap_solid(&w, KA_OUT_PLAIN, ka_reason_id((enum ka_reason)one->reason));
	if (one->path[0] != '\0') {
		ka_buf_init_array(&b, place);
		ka_text_escape(&b, ka_span_of(one->path), 0, sizeof(place) - 32);
		if (one->line > 0) {
			ka_buf_char(&b, ':');
			ka_buf_u64(&b, one->line);
		}
		ka_wrap_text(&w, KA_OUT_PLAIN, "  ");
		ka_wrap_solid(&w, KA_OUT_PLAIN, place);
	}
	ka_wrap_end(&w);
}

void ka_allshow_text(const struct ka_allusers *all)
{
	/* the worst stands where the eye ends up, above the sum; what is well is only counted */
	static const enum ka_alluser_state order[] = { KA_ALLUSER_WARN, KA_ALLUSER_UNKNOWN, KA_ALLUSER_FAIL };
	unsigned columns = name_columns(all);
	struct ka_out o;

	ka_out_init(&o, stdout, KA_OUT_AUTO);
	for (size_t n = 0; n < KA_ARRAY_LEN(order); n++)
		for (size_t i = 0; i < all->count; i++)
			if (all->found[i].state == (uint32_t)order[n])
				show_one(&o, all, i, columns);
	printf("\n %zu account%s: %zu ok, %zu warn, %zu FAIL, %zu without keys", all->count, all->count == 1 ? "" : "s", all->sum[KA_ALLUSER_OK],
	       all->sum[KA_ALLUSER_WARN], all->sum[KA_ALLUSER_FAIL], all->sum[KA_ALLUSER_NONE]);
	if (all->sum[KA_ALLUSER_UNKNOWN] > 0)
		printf(", %zu could not be looked at", all->sum[KA_ALLUSER_UNKNOWN]);
	puts(all->sum[KA_ALLUSER_FAIL] + all->sum[KA_ALLUSER_WARN] > 0 ? "\n keyaudit doctor USER says more of one." : "");
}

static void begin(struct ka_buf *b, char *text, size_t size, const char *schema)
{
	ka_buf_init(b, text, size);
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "schema", schema);
}

void ka_allshow_json(const struct ka_allusers *all)
{
	char text[KA_ALLSHOW_LINE_MAX];
	struct ka_buf b;

	for (size_t i = 0; i < all->count; i++) {
		const struct ka_alluser *one = &all->found[i];

		begin(&b, text, sizeof(text), "keyaudit.doctor-account/1");
		ka_jsonout_text(&b, "user", ka_span_of(all->name[i]), KA_TEXT_USER_MAX);
		ka_jsonout_u64(&b, "uid", all->passwd[i].uid);
		ka_jsonout_plain(&b, "state", ka_alluser_state_text((enum ka_alluser_state)one->state));
		ka_jsonout_u64(&b, "keys", one->keys);
		ka_jsonout_u64(&b, "warnings", one->warnings);
		if (one->reason != KA_REASON_NONE)
			ka_jsonout_plain(&b, "reason", ka_reason_id((enum ka_reason)one->reason));
		if (one->path[0] != '\0')
			ka_jsonout_text(&b, "path", ka_span_of(one->path), KA_ALLUSERS_PATH_MAX);
		if (one->line > 0)
			ka_jsonout_u64(&b, "line", one->line);
		ka_jsonout_object_end(&b);
		puts(b.p);
	}
	begin(&b, text, sizeof(text), "keyaudit.doctor-accounts/1");
	ka_jsonout_plain(&b, "version", KA_VERSION);
	ka_jsonout_u64(&b, "accounts", all->count);
	for (int i = 0; i < KA_ALLUSER_STATES; i++)
		ka_jsonout_u64(&b, ka_alluser_state_text((enum ka_alluser_state)i), all->sum[i]);
	ka_jsonout_object_end(&b);
	puts(b.p);
}
