/* Putting a question together. MUST: put nothing of a user's into it but through fetchurl.h. */
#include "authkeys-cmd/fetch/fetchask.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

#include "authkeys-cmd/fetch/fetchfiles.h"
#include "authkeys-cmd/fetch/fetchtoken.h"
#include "base/limits.h"
#include "base/text.h"
#include "conf/confurl.h"
#include "store/question.h"

#include "base/poison.h"

static const char *list_of(const struct ka_fetchask *a)
{
	if (a->what == KA_FETCH_REVOKED)
		return a->source->revoked_url;
	return a->what == KA_FETCH_INDEX ? a->source->index_url : a->source->url;
}

static bool add_mirror(struct ka_fetchask *a, struct ka_span text, const struct ka_fetchurl_who *who)
{
	struct ka_span socket = ka_span_of(a->source->unix_socket);
	struct ka_confurl url;
	struct ka_buf b;

	if (a->mirrors == KA_MIRRORS_MAX || !ka_confurl_parse(text, &url))
		return false;
	ka_buf_init_array(&b, a->url[a->mirrors]);
	if (url.socket.len > 0) { /* unix:/SOCKET:/TARGET */
		socket = url.socket;
		text = url.target;
		ka_buf_text(&b, "http://localhost");
	}
	return ka_span_copy(socket, a->socket[a->mirrors++], sizeof(a->socket[0])) && ka_fetchurl_expand(text, who, &b);
}

/* "Name: value | Name: value" */
static bool add_headers(struct ka_fetchask *a, const struct ka_fetchurl_who *who)
{
	struct ka_span rest = ka_span_of(a->source->headers), part;
	size_t count = 0;

	while (rest.len > 0 && ka_text_split(&rest, '|', &part)) {
		struct ka_buf b;

		if (count == KA_FETCH_HEADERS_MAX)
			return false;
		ka_buf_init_array(&b, a->header_text[count]);
		if (!ka_fetchurl_body(ka_text_trim(part), who, &b))
			return false;
		a->headers[count++] = b.p;
	}
	a->headers[count] = NULL;
	return true;
}

static bool add_mirrors(struct ka_fetchask *a, const struct ka_fetchurl_who *who)
{
	struct ka_span rest = ka_span_of(list_of(a)), word;
	uint8_t dice = 0;

	while (ka_text_word(&rest, &word))
		if (!add_mirror(a, word, who))
			return false;
	if (a->mirrors > 1 && strcmp(a->source->mirrors_order, "random") == 0 && getrandom(&dice, 1, GRND_NONBLOCK) == 1)
		a->first = dice % a->mirrors;
	return a->mirrors > 0;
}

static bool find_host(struct ka_fetchask *a)
{
	struct utsname node;

	if (a->source->host_id[0] != '\0')
		return ka_span_copy(ka_span_of(a->source->host_id), a->host, sizeof(a->host));
	return uname(&node) == 0 && ka_span_copy(ka_span_of(node.nodename), a->host, sizeof(a->host));
}

static bool expand_body(struct ka_fetchask *a, const struct ka_fetchurl_who *who)
{
	struct ka_buf b;

	ka_buf_init_array(&b, a->body);
	return a->what != KA_FETCH_KEYS || ka_fetchurl_body(ka_span_of(a->source->body), who, &b);
}

const char *ka_fetchask_prepare(const struct ka_fetchone *one, struct ka_fetchask *a)
{
	const struct ka_conf_source *s = one->source;
	bool is_list = one->user[0] == ':';
	struct ka_fetchurl_who who = { .user = is_list ? "" : one->user, .host = a->host };
	const char *wrong = ka_fetchfiles_wrong(s);
	struct ka_buf b;

	memset(a, 0, sizeof(*a));
	a->source = s;
	a->user = one->user;
	a->what = !is_list ? KA_FETCH_KEYS : strcmp(one->user, KA_QUESTION_REVOKED) == 0 ? KA_FETCH_REVOKED : KA_FETCH_INDEX;
	a->has_fp = !is_list && ka_question_has_fp(s);
	who.fp = a->has_fp ? one->fp : "";
	who.key = ka_question_has_key(s) ? one->key : "";
	if (wrong != NULL)
		return wrong;
	if ((a->has_fp && who.fp[0] == '\0') || (ka_question_has_key(s) && who.key[0] == '\0'))
		return "is asked by the offered key, and none was given";
	if (!find_host(a) || !add_mirrors(a, &who) || !add_headers(a, &who) || !expand_body(a, &who))
		return "url, headers or body do not fit once they are expanded";
	ka_buf_init_array(&b, a->line_prefix);
	if (!ka_fetchurl_body(ka_span_of(s->line_prefix), &who, &b))
		return "line_prefix does not fit once it is expanded";
	ka_question_hash(s, list_of(a), a->hash);
	ka_buf_init_array(&b, a->token);
	return ka_fetchtoken_header(s, &b) ? NULL : "token_file cannot be read, is open to others, or holds no token";
}

unsigned ka_fetchask_turn(const struct ka_fetchask *a, unsigned i)
{
	return (a->first + i) % a->mirrors;
}

/* a list is a text, whatever the source's format */
static const char *accept_of(const struct ka_fetchask *a)
{
	if (a->what == KA_FETCH_KEYS && a->source->accept[0] != '\0')
		return a->source->accept;
	return a->what == KA_FETCH_KEYS && a->source->format == KA_CONF_FORMAT_JSON ? "application/json" : "text/plain";
}

void ka_fetchask_question(const struct ka_fetchask *a, unsigned n, const struct ka_entry *have, int ms, struct ka_fetchhttp_ask *out)
{
	bool is_last = n == ka_fetchask_turn(a, a->mirrors - 1);

	*out = (struct ka_fetchhttp_ask){
		.accept = accept_of(a),
		.source = a->source, .url = a->url[n], .unix_socket = a->socket[n], .body = a->body, .headers = a->headers, .token = a->token,
		.etag = have != NULL ? have->etag : "", .modified = have != NULL ? have->modified : "",
		.is_post = a->what == KA_FETCH_KEYS && strcmp(a->source->method, "POST") == 0,
		.timeout_ms = is_last ? ms : ms / 2, /* the last one may use all that is left */
		.max = a->what == KA_FETCH_KEYS ? KA_STORE_BODY_MAX : KA_STORE_BULK_MAX,
	};
	if (out->timeout_ms < 1)
		out->timeout_ms = 1;
}

void ka_fetchask_judge(const struct ka_fetchask *a, bool was_conditional, int64_t now, struct ka_fetchjudge_ask *out)
{
	*out = (struct ka_fetchjudge_ask){ .source = a->source, .what = a->what, .line_prefix = a->line_prefix,
					   .was_conditional = was_conditional, .now = now };
}
