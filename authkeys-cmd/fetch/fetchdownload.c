/* Bytes through, and no more of them than was said. */
#include "authkeys-cmd/fetch/fetchdownload.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "authkeys-cmd/fetch/fetchhttp.h"
#include "authkeys-cmd/fetch/fetchsandbox.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "conf/confurl.h"

#include "base/poison.h"

bool ka_fetchdownload_is_url(const char *url)
{
	struct ka_confurl parts;
	struct ka_span s = ka_span_of(url);

	return s.len < KA_FETCH_URL_MAX && ka_span_find(s, '%') == s.len && ka_confurl_parse(s, &parts) && parts.socket.len == 0 &&
	       (parts.is_tls || parts.is_loopback);
}

static bool pass_on(void *ctx, const void *bytes, size_t n)
{
	return ka_fd_write_all(*(const int *)ctx, bytes, n) == KA_ERR_OK;
}

/* the manners of a source that has none of its own */
static void make_source(const struct ka_fetchdownload *d, struct ka_conf *c)
{
	c->sources_count = c->sources_known = 1;
	c->sources[0] = (struct ka_conf_source){
		.name = "download", .ca_file = d->ca_file, .pins = d->pins, .client_cert = "", .client_key = "", .token_file = "",
		.proxy = "", .signers = "", .users = "", .tls_min = KA_CONF_TLS_1_2,
	};
}

static int say(const char *url, const struct ka_fetchhttp_answer *a)
{
	if (a->reason == KA_REASON_NONE && a->status == 200)
		return 0;
	if (a->reason == KA_REASON_NONE)
		fprintf(stderr, "authkeys-fetch: %s: the server answers with status %u\n", url, a->status);
	else
		fprintf(stderr, "authkeys-fetch: %s: %s (%s)\n", url, ka_reason_id(a->reason), ka_reason_meaning(a->reason));
	return 1;
}

int ka_fetchdownload(const struct ka_fetchdownload *d, int out_fd)
{
	static const char *const no_headers[] = { NULL };
	KA_AUTOFREE struct ka_conf *c = calloc(1, sizeof(*c));
	struct ka_fetchhttp_answer answer;
	struct ka_fetchhttp http;
	int status = 1;

	if (c == NULL || ka_fetchhttp_open(&http) != KA_ERR_OK) {
		fputs("authkeys-fetch: libcurl cannot begin\n", stderr);
		return 1;
	}
	make_source(d, c);
	(void)ka_fetchsandbox(c);
	alarm(KA_FETCH_DOWNLOAD_MS / 1000 + KA_FETCH_AFTER_SEC);
	if (ka_fetchhttp_ask(&http, &(const struct ka_fetchhttp_ask){
		.source = &c->sources[0], .url = d->url, .unix_socket = "", .body = "", .accept = "*/*", .headers = no_headers,
		.token = "", .etag = "", .modified = "", .timeout_ms = KA_FETCH_DOWNLOAD_MS, .max = d->max, .each = pass_on, .ctx = &out_fd,
	}, ka_clock_wall_us() / 1000000, &answer) != KA_ERR_OK)
		fprintf(stderr, "authkeys-fetch: %s: libcurl cannot ask so: look at the CA file and the pins\n", d->url);
	else
		status = say(d->url, &answer);
	ka_fetchhttp_release(&answer);
	ka_fetchhttp_close(&http);
	return status;
}
