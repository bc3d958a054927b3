/* A source of type http as a whole. What would be read and then do nothing, or open a door, is an error. */
#include "conf/confhttp.h"

#include <string.h>

#include "base/text.h"
#include "conf/conferr.h"
#include "conf/confexpand.h"
#include "conf/confrow.h"
#include "conf/confurl.h"

#include "base/poison.h"

struct check {
	const struct ka_conf *c;
	struct ka_conf_source *s;
	struct ka_conf_errors *errors;
	bool has_tls, has_socket, has_metadata; /* of its URLs */
};

static struct ka_conf_at at_of(const struct ka_conf_source *s, enum ka_conf_key key)
{
	return s->key_at[key - KA_CONF_KEY_SOURCE_TYPE];
}

static bool is_set(const struct check *k, enum ka_conf_key key)
{
	return at_of(k->s, key).line != 0;
}

/* set to something: a text may be set to nothing, to take back what an earlier file says */
static bool is_given(const struct check *k, enum ka_conf_key key)
{
	const struct ka_confrow *row = ka_confrow_at(key);
	const char *text;

	if (key == KA_CONF_KEY_NEXT)
		return k->s->next_link;
	if (!ka_confrow_is_text(row))
		return is_set(k, key);
	memcpy(&text, (const char *)k->s + row->offset, sizeof(text));
	return text[0] != '\0';
}

/* "FILE:LINE: NAME: "; @culprit may be empty */
static void complain(const struct check *k, enum ka_conf_key key, struct ka_span culprit, const char *what)
{
	struct ka_conferr e;

	ka_conferr_at(&e, k->c, is_set(k, key) ? at_of(k->s, key) : k->s->at);
	ka_conferr_say(&e, ka_confrow_name(ka_confrow_at(key)));
	ka_conferr_say(&e, ": ");
	if (culprit.len > 0)
		ka_conferr_quoted(&e, culprit);
	ka_conferr_say(&e, what);
	ka_conferr_end(&e, k->errors);
}

static void complain_key(const struct check *k, enum ka_conf_key key, const char *what)
{
	complain(k, key, (struct ka_span){ NULL, 0 }, what);
}

static void check_url(struct check *k, enum ka_conf_key key, struct ka_span text)
{
	struct ka_confurl url;
	bool over_socket;

	if (!ka_confurl_parse(text, &url))
		return; /* said when it was read */
	over_socket = url.socket.len > 0 || k->s->unix_socket[0] != '\0';
	k->has_tls |= url.is_tls;
	k->has_socket |= over_socket;
	k->has_metadata |= !over_socket && !url.is_tls && url.is_metadata;
	if (!url.is_tls && !over_socket && !url.is_loopback && !url.is_metadata)
		complain(k, key, text, " is not encrypted; write https:// (http:// is for this host itself, unix sockets and 169.254.169.254)");
	if (url.socket.len > 0 && k->s->unix_socket[0] != '\0')
		complain(k, key, text, " names a socket, and so does unix_socket; leave one of them out");
}

static void check_urls(struct check *k, enum ka_conf_key key, const char *urls)
{
	struct ka_span rest = ka_span_of(urls), word;

	while (ka_text_word(&rest, &word))
		check_url(k, key, word);
}

static bool has_user(const char *text)
{
	return ka_confexpand_has(ka_span_of(text), 'u');
}

/* one document for everybody would give everybody's keys to everybody */
static void check_user(const struct check *k)
{
	struct ka_span rest = ka_span_of(k->s->url), word;

	if (has_user(k->s->body) || has_user(k->s->headers) || has_user(k->s->line_prefix))
		return;
	while (ka_text_word(&rest, &word))
		if (!ka_confexpand_has(word, 'u'))
			complain(k, KA_CONF_KEY_URL, word,
				 " has no %u, so every user would get the same keys; put the user name (%u) into it");
}

static bool has_offered_key(const char *text)
{
	return ka_confexpand_has(ka_span_of(text), 'f') || ka_confexpand_has(ka_span_of(text), 'k');
}

static void check_offered_key(const struct check *k)
{
	bool has = has_offered_key(k->s->url) || has_offered_key(k->s->body) || has_offered_key(k->s->headers);

	if (has && k->s->fetch == KA_CONF_FETCH_TIMER)
		complain_key(k, KA_CONF_KEY_FETCH, "the timer knows no offered key (%f, %k); write on-miss, or leave them out");
	if (has && k->s->format == KA_CONF_FORMAT_SIGNED)
		complain_key(k, KA_CONF_KEY_FORMAT, "a signed document is one per user; leave %f and %k out of the request");
}

/* a key that does something only together with another one */
static void check_pairs(const struct check *k)
{
	static const struct {
		uint8_t key, needs;
		char what[28];
	} pairs[] = {
		{ KA_CONF_KEY_CLIENT_KEY, KA_CONF_KEY_CLIENT_CERT, "stands without client_cert" },
		{ KA_CONF_KEY_TOKEN_HEADER, KA_CONF_KEY_TOKEN_FILE, "stands without token_file" },
		{ KA_CONF_KEY_ITEMS_ABSENT, KA_CONF_KEY_ITEMS, "stands without items" },
		{ KA_CONF_KEY_EXPIRES_UNIT, KA_CONF_KEY_EXPIRES, "stands without expires" },
		{ KA_CONF_KEY_MAX_PAGES, KA_CONF_KEY_NEXT, "stands without next = link" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(pairs); i++)
		if (is_given(k, (enum ka_conf_key)pairs[i].key) && !is_given(k, (enum ka_conf_key)pairs[i].needs))
			complain_key(k, (enum ka_conf_key)pairs[i].key, pairs[i].what);
	if (k->s->require_revoked_list && k->s->revoked_url[0] == '\0')
		complain_key(k, KA_CONF_KEY_REQUIRE_REVOKED_LIST, "stands without revoked_url");
}

static void check_request(const struct check *k)
{
	bool is_post = strcmp(k->s->method, "POST") == 0;

	if (is_post && k->s->body[0] == '\0')
		complain_key(k, KA_CONF_KEY_METHOD, "POST needs a body");
	if (!is_post && k->s->body[0] != '\0')
		complain_key(k, KA_CONF_KEY_BODY, "is sent with method = POST only");
	if (k->s->proxy[0] != '\0' && k->has_socket)
		complain_key(k, KA_CONF_KEY_PROXY, "cannot lead to a unix socket; leave it out");
	if (k->s->proxy[0] != '\0' && k->has_metadata)
		complain_key(k, KA_CONF_KEY_PROXY, "would ask for its own metadata, not for this host's; leave it out");
	if (k->s->token_file[0] != '\0' && k->has_metadata)
		complain_key(k, KA_CONF_KEY_TOKEN_FILE, "would go to 169.254.169.254 unencrypted; leave it out");
}

/* who writes one of these believes that it protects something */
static void check_tls(const struct check *k)
{
	static const uint8_t keys[] = { KA_CONF_KEY_CA_FILE, KA_CONF_KEY_CLIENT_CERT, KA_CONF_KEY_TLS_MIN, KA_CONF_KEY_PINS };

	for (size_t i = 0; i < KA_ARRAY_LEN(keys) && !k->has_tls; i++)
		if (is_given(k, (enum ka_conf_key)keys[i]))
			complain_key(k, (enum ka_conf_key)keys[i], "does nothing, since no url begins with https://");
}

static void check_cache(const struct check *k)
{
	if (strcmp(k->s->users, "index") == 0 && k->s->index_url[0] == '\0')
		complain_key(k, KA_CONF_KEY_WARM, k->s->format == KA_CONF_FORMAT_SIGNED ?
							  "index needs index_url" : "index is for format = signed");
	if (!is_set(k, KA_CONF_KEY_STALE_ON))
		k->s->stale_on_refused = k->s->format == KA_CONF_FORMAT_SIGNED;
	else if (k->s->stale_on_refused && k->s->format != KA_CONF_FORMAT_SIGNED)
		complain_key(k, KA_CONF_KEY_STALE_ON,
			     "only a signed document may stand in for an answer that was refused; write unavailable");
}

void ka_confhttp_finish(const struct ka_conf *c, struct ka_conf_source *source, struct ka_conf_errors *errors)
{
	struct check k = { .c = c, .s = source, .errors = errors };

	check_urls(&k, KA_CONF_KEY_URL, source->url);
	check_urls(&k, KA_CONF_KEY_INDEX_URL, source->index_url);
	check_urls(&k, KA_CONF_KEY_REVOKED_URL, source->revoked_url);
	check_user(&k);
	check_offered_key(&k);
	check_pairs(&k);
	check_request(&k);
	if (source->url[0] != '\0')
		check_tls(&k);
	check_cache(&k);
}
