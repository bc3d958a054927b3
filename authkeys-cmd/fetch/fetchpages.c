/* Page after page. MUST: take no page from another origin; make no short list of a long one. */
#include "authkeys-cmd/fetch/fetchpages.h"

#include <stdlib.h>
#include <string.h>

#include "authkeys-cmd/fetch/fetchurl.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "store/lasttry.h"

#include "base/poison.h"

/* one page; too large for a stack frame */
struct page {
	struct ka_fetchhttp_answer answer;
	char url[KA_FETCH_URL_MAX], next[KA_FETCH_URL_MAX];
};

/* what stays what it is; everything else makes the answer one that did not come */
static enum ka_reason of_failure(enum ka_reason reason, unsigned status)
{
	const struct ka_lasttry t = { .reason = reason, .status = status };

	if (reason == KA_REASON_STORE_TOO_LARGE || reason == KA_REASON_INTERNAL_ERROR || ka_lasttry_is_unavailable(&t))
		return reason;
	return KA_REASON_STORE_UNREACHABLE;
}

static enum ka_reason ask_page(struct ka_fetchpages *p, struct page *page, struct ka_buf *body, struct ka_fetchjudge *j)
{
	struct ka_fetchhttp_ask ask = *p->first;
	struct ka_fetchjudge_ask judge = *p->judge;
	int64_t left = p->until_ms - ka_clock_boot_ms();

	if (left <= 0)
		return KA_REASON_STORE_TIMEOUT;
	ask.url = page->url;
	ask.etag = ask.modified = "";
	ask.timeout_ms = (int)left;
	judge.was_conditional = false;
	if (ka_fetchhttp_ask(p->http, &ask, judge.now, &page->answer) != KA_ERR_OK)
		page->answer.reason = KA_REASON_STORE_UNREACHABLE;
	p->status = page->answer.status;
	ka_fetchjudge(&judge, &page->answer, body, j);
	/* a page that is not there is no empty page */
	if (j->reason == KA_REASON_STORE_NO_KEYS && p->status != 200)
		j->reason = KA_REASON_STORE_BAD_ANSWER;
	if (j->reason == KA_REASON_NONE || j->reason == KA_REASON_STORE_NO_KEYS)
		return j->reason;
	return of_failure(j->reason, p->status);
}

/* the address of the next page in page->url, by a link of the page before */
static bool follow(const struct ka_fetchpages *p, const char *link, struct page *page)
{
	struct ka_buf b;

	ka_buf_init_array(&b, page->url);
	return ka_fetchurl_next(ka_span_of(p->first->url), ka_span_of(link), &b);
}

enum ka_reason ka_fetchpages(struct ka_fetchpages *p, const struct ka_fetchhead *head, struct ka_buf *body, struct ka_fetchjudge *j)
{
	KA_AUTOFREE struct page *page = calloc(1, sizeof(*page));
	bool any = j->reason == KA_REASON_NONE;

	p->asked = 1;
	if (page == NULL)
		return KA_REASON_INTERNAL_ERROR;
	ka_span_copy(ka_span_of(head->next), page->next, sizeof(page->next));
	while (page->next[0] != '\0') {
		struct ka_fetchjudge one;
		enum ka_reason reason;

		if (p->asked == p->first->source->max_pages)
			return KA_REASON_STORE_TOO_LARGE;
		if (!follow(p, page->next, page))
			return KA_REASON_STORE_REDIRECT;
		p->asked++;
		reason = ask_page(p, page, body, &one);
		ka_span_copy(ka_span_of(page->answer.head.next), page->next, sizeof(page->next));
		ka_fetchhttp_release(&page->answer);
		if (reason != KA_REASON_NONE && reason != KA_REASON_STORE_NO_KEYS)
			return reason;
		any = any || reason == KA_REASON_NONE;
		j->serial = one.serial > j->serial ? one.serial : j->serial;
	}
	return any ? KA_REASON_NONE : KA_REASON_STORE_NO_KEYS;
}
