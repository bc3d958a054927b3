/*
 * In the place of authkeys-cmd/fetch/fetchhttp.c: answers as they were written down, no network. To be included by one file
 * of a test, which then has no libcurl.
 */
#ifndef KA_TESTS_FAKEHTTP_H
#define KA_TESTS_FAKEHTTP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "authkeys-cmd/fetch/fetchhttp.h"
#include "base/buf.h"

/* who asks @url gets this; the first one in the list that fits, each at most @times times (0: always) */
struct fakehttp {
	const char *url, *head, *body; /* head: lines with LF; NULL is "" */
	unsigned status, times;
	enum ka_reason reason;
	int pause_ms;
};

static const struct fakehttp *fake_list; /* ends with url NULL */
static unsigned fake_used[16], fake_asked;
static char fake_etag[KA_ENTRY_ETAG_MAX]; /* of the last request */
static char fake_urls[2048];              /* all requests, each with a blank behind it */

static void fake_answers(const struct fakehttp *list)
{
	fake_list = list;
	memset(fake_used, 0, sizeof(fake_used));
	fake_asked = 0;
	fake_urls[0] = '\0';
}

enum ka_err ka_fetchhttp_open(struct ka_fetchhttp *h)
{
	h->curl = NULL;
	return KA_ERR_OK;
}

void ka_fetchhttp_close(struct ka_fetchhttp *h)
{
	h->curl = NULL;
}

static void fake_head(const char *lines, int64_t now, struct ka_fetchhead *h)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_fetchhead_init(h);
	ka_cursor_init(&c, lines != NULL ? lines : "", lines != NULL ? strlen(lines) : 0);
	while (ka_cursor_line(&c, &line, NULL))
		ka_fetchhead_line(h, line, now);
}

static const struct fakehttp *fake_find(const char *url)
{
	for (size_t i = 0; fake_list[i].url != NULL; i++)
		if (strcmp(fake_list[i].url, url) == 0 && (fake_list[i].times == 0 || fake_used[i]++ < fake_list[i].times))
			return &fake_list[i];
	fail_msg("nobody was to ask %s", url);
	return NULL;
}

enum ka_err ka_fetchhttp_ask(struct ka_fetchhttp *http, const struct ka_fetchhttp_ask *ask, int64_t now, struct ka_fetchhttp_answer *out)
{
	const struct fakehttp *f = fake_find(ask->url);
	size_t used = strlen(fake_urls);
	struct ka_buf urls;

	(void)http;
	fake_asked++;
	ka_span_copy(ka_span_of(ask->etag), fake_etag, sizeof(fake_etag));
	ka_buf_init(&urls, fake_urls + used, sizeof(fake_urls) - used);
	ka_buf_text(&urls, ask->url);
	ka_buf_char(&urls, ' ');
	assert_true(ask->timeout_ms > 0);
	if (f->pause_ms > 0)
		usleep((useconds_t)f->pause_ms * 1000);
	*out = (struct ka_fetchhttp_answer){ .reason = f->reason, .status = f->status };
	fake_head(f->head, now, &out->head);
	out->body = strdup(f->body != NULL ? f->body : "");
	assert_non_null(out->body);
	out->len = strlen(out->body);
	if (ask->each != NULL && out->reason == KA_REASON_NONE && out->status == 200) {
		if (out->len > ask->max || !ask->each(ask->ctx, out->body, out->len))
			out->reason = out->len > ask->max ? KA_REASON_STORE_TOO_LARGE : KA_REASON_STORE_UNREACHABLE;
		out->body[0] = '\0';
	}
	return KA_ERR_OK;
}

void ka_fetchhttp_release(struct ka_fetchhttp_answer *a)
{
	free(a->body);
	a->body = NULL;
	a->len = 0;
}

#endif
