/* libcurl, with everything off that is not needed. */
#include "authkeys-cmd/fetch/fetchhttp.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

/* what the callbacks fill */
struct flow {
	CURL *curl;
	const struct ka_fetchhttp_ask *ask;
	struct ka_fetchhttp_answer *out;
	size_t room, heads, discarded;
	int64_t now;
	bool is_too_large, is_enough;
};

/* of what is no 200 only the status counts: a little is read so that the connection can be used again */
static size_t discard(struct flow *f, size_t n)
{
	f->discarded += n;
	f->is_enough = f->discarded > KA_FETCH_DISCARD_MAX;
	return f->is_enough ? 0 : n;
}

static size_t take_body(char *bytes, size_t one, size_t n, void *ctx)
{
	struct flow *f = ctx;
	struct ka_fetchhttp_answer *a = f->out;
	long status = 0;

	if (curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200)
		return discard(f, n);
	if (n > f->ask->max - a->len) {
		f->is_too_large = true;
		return 0; /* fewer than came: libcurl ends the transfer */
	}
	if (f->ask->each != NULL) {
		a->len += n;
		return f->ask->each(f->ask->ctx, bytes, n) ? one * n : 0;
	}
	if (a->len + n + 1 > f->room) {
		size_t room = f->room * 2 > a->len + n + 1 ? f->room * 2 : a->len + n + 1;
		char *more = realloc(a->body, room);

		if (more == NULL)
			return 0;
		a->body = more;
		f->room = room;
	}
	memcpy(a->body + a->len, bytes, n);
	a->len += n;
	a->body[a->len] = '\0';
	return one * n;
}

static size_t take_head(char *bytes, size_t one, size_t n, void *ctx)
{
	struct flow *f = ctx;

	f->heads += n;
	if (f->heads > KA_FETCH_HEADS_MAX) {
		f->is_too_large = true;
		return 0;
	}
	ka_fetchhead_line(&f->out->head, (struct ka_span){ (const uint8_t *)bytes, n }, f->now);
	return one * n;
}

enum ka_err ka_fetchhttp_open(struct ka_fetchhttp *h)
{
	h->curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
	return h->curl != NULL ? KA_ERR_OK : KA_ERR_NOMEM;
}

void ka_fetchhttp_close(struct ka_fetchhttp *h)
{
	curl_easy_cleanup(h->curl);
	h->curl = NULL;
}

#define SET(option, value) \
	do { \
		if (curl_easy_setopt(curl, (option), (value)) != CURLE_OK) \
			return false; \
	} while (0)

/* the same for every store */
static bool set_manners(CURL *curl, bool is_local)
{
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, is_local ? "http,https" : "https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_DNS_SHUFFLE_ADDRESSES, 1L);
	SET(CURLOPT_USERAGENT, "keyaudit/" KA_VERSION);
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L); /* a proxy's words are not the store's */
	SET(CURLOPT_LOW_SPEED_LIMIT, (long)KA_FETCH_SLOW_BYTES);
	SET(CURLOPT_LOW_SPEED_TIME, (long)KA_FETCH_SLOW_SEC);
	SET(CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs must not make us wait for its thread */
	return true;
}

static bool set_tls(CURL *curl, const struct ka_conf_source *s)
{
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, s->tls_min == KA_CONF_TLS_1_3 ? (long)CURL_SSLVERSION_TLSv1_3 : (long)CURL_SSLVERSION_TLSv1_2);
	if (s->ca_file[0] != '\0') {
		SET(CURLOPT_CAINFO, s->ca_file);
		SET(CURLOPT_CAPATH, NULL);
	}
	if (s->client_cert[0] != '\0') {
		SET(CURLOPT_SSLCERT, s->client_cert);
		SET(CURLOPT_SSLKEY, s->client_key[0] != '\0' ? s->client_key : s->client_cert);
	}
	return true;
}

/* blank-separated in the configuration, semicolons for libcurl */
static bool set_pins(CURL *curl, const char *pins)
{
	char list[KA_CONF_TEXT_MAX];
	struct ka_span rest = ka_span_of(pins), pin;
	struct ka_buf b;

	ka_buf_init_array(&b, list);
	while (ka_text_word(&rest, &pin)) {
		if (b.len > 0)
			ka_buf_char(&b, ';');
		ka_buf_span(&b, pin);
	}
	if (ka_buf_check(&b) != KA_ERR_OK)
		return false;
	if (b.len > 0)
		SET(CURLOPT_PINNEDPUBLICKEY, list);
	return true;
}

static bool add(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	if (more == NULL)
		return false;
	*list = more;
	return true;
}

static bool add_field(struct curl_slist **list, const char *name, const char *value)
{
	char line[KA_CONF_TEXT_MAX + KA_ENTRY_ETAG_MAX]; /* a configured text, or what a store gave us */
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_buf_text(&b, name);
	ka_buf_text(&b, ": ");
	ka_buf_text(&b, value);
	return value[0] == '\0' || (ka_buf_check(&b) == KA_ERR_OK && add(list, line));
}

static bool make_headers(const struct ka_fetchhttp_ask *ask, struct curl_slist **list)
{
	if (!add_field(list, "Accept", ask->accept) || !add_field(list, "If-None-Match", ask->etag))
		return false;
	if (ask->etag[0] == '\0' && !add_field(list, "If-Modified-Since", ask->modified))
		return false;
	if (ask->is_post && (!add_field(list, "Content-Type", "application/json") || !add(list, "Expect:")))
		return false;
	for (size_t i = 0; ask->headers[i] != NULL; i++)
		if (!add(list, ask->headers[i]))
			return false;
	return ask->token[0] == '\0' || add(list, ask->token);
}

static bool set_question(CURL *curl, const struct ka_fetchhttp_ask *ask, struct flow *f)
{
	bool is_local = ask->unix_socket[0] != '\0' || ka_span_starts(ka_span_of(ask->url), "http://");

	if (!set_manners(curl, is_local) || !set_tls(curl, ask->source) || !set_pins(curl, ask->source->pins))
		return false;
	SET(CURLOPT_URL, ask->url);
	SET(CURLOPT_PROXY, ask->source->proxy); /* "" turns the environment's off as well */
	if (ask->unix_socket[0] != '\0')
		SET(CURLOPT_UNIX_SOCKET_PATH, ask->unix_socket);
	if (ask->is_post)
		SET(CURLOPT_POSTFIELDS, ask->body);
	SET(CURLOPT_TIMEOUT_MS, (long)ask->timeout_ms);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)KA_FETCH_CONNECT_MS); /* a timer has more patience than that with an answer only */
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ask->max); /* one that says its size is not even begun */
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, f);
	SET(CURLOPT_HEADERFUNCTION, take_head);
	SET(CURLOPT_HEADERDATA, f);
	return true;
}

static enum ka_reason reason_of(CURLcode code, long status, const struct flow *f)
{
	static const struct { CURLcode code; enum ka_reason reason; } table[] = {
		{ CURLE_OPERATION_TIMEDOUT, KA_REASON_STORE_TIMEOUT },
		{ CURLE_PEER_FAILED_VERIFICATION, KA_REASON_STORE_TLS },
		{ CURLE_SSL_CONNECT_ERROR, KA_REASON_STORE_TLS },
		{ CURLE_SSL_CERTPROBLEM, KA_REASON_STORE_TLS },
		{ CURLE_SSL_CIPHER, KA_REASON_STORE_TLS },
		{ CURLE_SSL_CACERT_BADFILE, KA_REASON_STORE_TLS },
		{ CURLE_SSL_ISSUER_ERROR, KA_REASON_STORE_TLS },
		{ CURLE_SSL_INVALIDCERTSTATUS, KA_REASON_STORE_TLS },
		{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, KA_REASON_STORE_TLS },
		{ CURLE_FILESIZE_EXCEEDED, KA_REASON_STORE_TOO_LARGE },
	};

	if (code == CURLE_OK || f->is_enough || (code == CURLE_FILESIZE_EXCEEDED && status != 200))
		return KA_REASON_NONE;
	if (f->is_too_large)
		return KA_REASON_STORE_TOO_LARGE;
	for (size_t i = 0; i < KA_ARRAY_LEN(table); i++)
		if (table[i].code == code)
			return table[i].reason;
	return KA_REASON_STORE_UNREACHABLE;
}

enum ka_err ka_fetchhttp_ask(struct ka_fetchhttp *h, const struct ka_fetchhttp_ask *ask, int64_t now, struct ka_fetchhttp_answer *out)
{
	struct flow f = { .curl = h->curl, .ask = ask, .out = out, .room = KA_FETCH_ROOM, .now = now };
	struct curl_slist *headers = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;
	bool is_set = false;
	long status = 0;

	memset(out, 0, sizeof(*out));
	ka_fetchhead_init(&out->head);
	out->body = calloc(1, f.room);
	if (out->body == NULL)
		return KA_ERR_NOMEM;
	curl_easy_reset(h->curl); /* keeps the open connections and the names already resolved */
	if (make_headers(ask, &headers) && set_question(h->curl, ask, &f) &&
	    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK) {
		is_set = true;
		code = curl_easy_perform(h->curl);
	}
	curl_slist_free_all(headers);
	if (!is_set)
		return KA_ERR_SYNTAX;
	if (code == CURLE_OUT_OF_MEMORY)
		return KA_ERR_NOMEM;
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	out->status = status > 0 && status < 1000 ? (unsigned)status : 0;
	out->reason = reason_of(code, status, &f);
	return KA_ERR_OK;
}

void ka_fetchhttp_release(struct ka_fetchhttp_answer *a)
{
	free(a->body);
	a->body = NULL;
	a->len = 0;
}
