/* Reading our own sources for the diagnosis: the same files, the same trust, the same judge as the command. */
#include "diag/keysource.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/text.h"
#include "base/username.h"
#include "diag/othersource.h"
#include "judge/certjudge.h"
#include "judge/judge.h"
#include "key/keyline.h"
#include "source/sourceask.h"
#include "source/sourcecommand.h"
#include "source/sourcelines.h"
#include "vet/vetconf.h"

#include "base/poison.h"

struct look {
	const struct ka_keysource_query *query;
	struct ka_keysource *out;
	const struct ka_conf_source *source;              /* in hand */
	struct ka_sourceask *ask;
	struct ka_sourcelines all, of[KA_DIAG_OFFERS_MAX]; /* lines of the source in hand; those that hold one offered key */
	char over_path[KA_TEXT_PATH_MAX];                   /* the file that had too many */
	struct ka_vetpolicy policy, room;
	const struct ka_vetpolicy *in_force; /* of the source in hand */
	struct ka_judge judge;
	struct ka_certjudge cert;
	struct ka_keyline line;
	uint8_t blob[KA_BLOB_MAX];
	struct ka_keyscan_work work;
	struct ka_keyscan scan;
	enum ka_err err;
};

/* the same certificate, byte for byte: its signature allows no other spelling */
static bool is_same_cert(const struct ka_keyscan_offer *o, struct ka_span blob)
{
	return o->is_cert && o->cert_len > 0 && ka_span_equal((struct ka_span){ o->blob, o->cert_len }, blob);
}

/* is the line about this key? one that is refused before its key was read is when it holds the key's text, as for the command */
static bool is_about(const struct ka_keyline *line, const struct ka_keyscan_offer *o, struct ka_span raw)
{
	switch (line->reason) {
	case KA_REASON_LINE_TOO_LONG:
	case KA_REASON_LINE_NUL:
	case KA_REASON_LINE_CONTROL:
		return o->base64_len > 0 && memmem(raw.p, raw.len, o->base64, o->base64_len) != NULL;
	case KA_REASON_KEY_TYPE_UNKNOWN: /* what became of the type word is for the content pass, if sshd does not read it */
		return ka_keytype_is_signature_name(line->type_word) && ka_keyscan_is_offer(o, line->key.blob);
	default:
		return ka_keyscan_is_offer(o, line->key.blob) || is_same_cert(o, line->key.blob);
	}
}

/* a line of a program's output is nowhere to be found afterwards */
static void name_place(const struct look *l, struct ka_keysource_key *key, const char *path)
{
	ka_span_copy(ka_span_of(l->source->kind == KA_CONF_KIND_FILE ? path : ""), key->path, sizeof(key->path));
	memcpy(key->source, l->source->name, sizeof(key->source));
}

/* beats whatever the line is worth */
static void judge_revoked(const struct look *l, size_t i, struct ka_vet *vet)
{
	enum ka_reason reason = KA_REASON_NONE;

	if (l->query->named != NULL && l->query->named[i].fp[0] != '\0')
		reason = ka_sourceask_revoked(l->ask, l->query->named[i].fp);
	if (reason == KA_REASON_NONE || vet->verdict == KA_VERDICT_REJECT)
		return;
	*vet = (struct ka_vet){ .verdict = KA_VERDICT_REJECT, .reasons = { reason }, .count = 1 };
}

/* a line with the key of the offered certificate's authority, or one that holds the certificate: that one never matches */
static bool judge_cert(struct look *l, size_t i, const struct ka_vet_when *when, struct ka_vet *vet)
{
	const struct ka_keyscan_offer *o = &l->query->offers[i];

	if (!ka_certjudge_init(&l->cert, (struct ka_span){ o->blob, o->cert_len }, l->query->user) ||
	    !ka_certjudge_is_authority(&l->cert, &l->line))
		return false;
	ka_certjudge_line(&l->cert, &l->judge, &l->line, l->in_force, when, vet);
	l->out->key[i].by_authority = true;
	return true;
}

static bool judge_offer(struct look *l, size_t i, struct ka_span raw, const struct ka_vet_when *when, struct ka_vet *vet)
{
	const struct ka_keyscan_offer *o = &l->query->offers[i];

	if (l->policy.certificates && o->is_cert && o->cert_len > 0)
		return judge_cert(l, i, when, vet);
	if (!is_about(&l->line, o, raw))
		return false;
	if (l->query->whole ? ka_sourcelines_is_over(&l->all) : !ka_sourcelines_take(&l->of[i], l->line.reason))
		return false;
	ka_judge_line(&l->judge, &l->line, l->in_force, when, vet);
	return true;
}

static void take_line(struct look *l, const char *path, struct ka_span raw, unsigned number)
{
	struct ka_vet_when when = { .now_sec = l->query->now_sec, .local_offset_sec = l->query->local_offset_sec };
	struct ka_vet vet;

	for (size_t i = 0; i < l->query->offers_count; i++) {
		struct ka_keysource_key *key = &l->out->key[i];

		if (!judge_offer(l, i, raw, &when, &vet))
			continue;
		judge_revoked(l, i, &vet);
		if (key->is_listed && vet.verdict >= key->vet.verdict)
			continue;
		key->is_listed = true;
		key->is_damaged = false;
		memset(&key->hit, 0, sizeof(key->hit));
		ka_vet_keep(&vet);
		key->vet = vet;
		key->line = number;
		key->column = (unsigned)l->line.column;
		name_place(l, key, path);
	}
}

static void take_hit(const struct look *l, struct ka_keysource_key *key, const char *path, const struct ka_keyscan_hit *hit)
{
	if (key->is_listed) {
		if (hit->line == key->line && strcmp(l->source->name, key->source) == 0 &&
		    (key->path[0] == '\0' || strcmp(path, key->path) == 0))
			key->hit = *hit;
		return;
	}
	if (hit->fit == KA_KEYSCAN_LISTED || hit->fit == KA_KEYSCAN_OTHER || (key->is_damaged && hit->fit >= key->hit.fit))
		return;
	key->is_damaged = true;
	key->hit = *hit;
	key->line = hit->line;
	key->column = hit->column;
	name_place(l, key, path);
}

/* the content pass, as over a user's own file: which line was meant for a key, and does its from= let the client in */
static void scan_file(struct look *l, const char *path, struct ka_span bytes)
{
	KA_AUTOFREE uint8_t *copy = malloc(bytes.len + 1);
	struct ka_keyscan_query q = { .offers = l->query->offers, .offers_count = l->query->offers_count,
				      .address = l->query->address != NULL ? l->query->address : "", .now_sec = l->query->now_sec,
				      .local_offset_sec = l->query->local_offset_sec };

	if (copy == NULL) {
		l->err = KA_ERR_NOMEM;
		return;
	}
	if (bytes.len > 0)
		memcpy(copy, bytes.p, bytes.len);
	ka_keyscan_run(copy, bytes.len, &q, &l->work, &l->scan);
	for (size_t i = 0; i < q.offers_count; i++) {
		const struct ka_keyscan_hit *hit = ka_keyscan_hit(&l->scan, i);

		if (hit != NULL)
			take_hit(l, &l->out->key[i], path, hit);
	}
}

static void take_file(void *ctx, const char *path, struct ka_span bytes)
{
	struct look *l = ctx;
	struct ka_cursor c;
	struct ka_span line;
	unsigned number = 0;

	ka_cursor_init(&c, bytes.p, bytes.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		number++;
		ka_keyline_parse(line, l->blob, &l->line);
		if (!ka_sourcelines_take(&l->all, l->line.reason) && ka_sourcelines_is_over(&l->all) && l->over_path[0] == '\0')
			ka_span_copy(ka_span_of(path), l->over_path, sizeof(l->over_path));
		if (l->line.reason == KA_REASON_NONE)
			l->out->keys++;
		if (l->line.reason != KA_REASON_LINE_EMPTY)
			take_line(l, path, line, number);
	}
	scan_file(l, path, bytes);
}

static void note_trouble(struct look *l)
{
	const struct ka_sourcefile_out *got = &l->ask->out;
	struct ka_keysource *out = l->out;

	if (got->reason == KA_REASON_NONE || got->reason == KA_REASON_STORE_NO_KEYS || out->trouble != KA_REASON_NONE)
		return;
	out->trouble = got->reason;
	ka_span_copy(ka_span_of(got->why.path), out->trouble_path, sizeof(out->trouble_path));
	out->trouble_mode = got->why.mode;
	out->trouble_uid = got->why.uid;
	out->trouble_gid = got->why.gid;
	out->trouble_errnum = got->why.errnum;
	out->trouble_kind = l->source->kind;
	out->trouble_is_signed = l->source->kind == KA_CONF_KIND_HTTP && l->source->format == KA_CONF_FORMAT_SIGNED;
	out->trouble_evidence = l->ask->evidence;
	ka_span_copy(ka_span_of(l->source->name), out->trouble_source, sizeof(out->trouble_source));
	/* a store that could not be asked, and what is at hand is served */
	out->is_harmless = l->source->kind == KA_CONF_KIND_HTTP && (got->answer == KA_SOURCE_STALE || got->answer == KA_SOURCE_FOUND);
}

/* more lines than are judged: of the whole list that is what counts, of one key it is a word beside */
static void note_too_many(struct look *l, const struct ka_conf_source *source)
{
	struct ka_keysource *out = l->out;

	if (!ka_sourcelines_is_over(&l->all) || out->trouble != KA_REASON_NONE)
		return;
	out->trouble = KA_REASON_STORE_TOO_LARGE;
	out->is_harmless = !l->query->whole;
	ka_span_copy(ka_span_of(l->over_path), out->trouble_path, sizeof(out->trouble_path));
	ka_span_copy(ka_span_of(source->name), out->trouble_source, sizeof(out->trouble_source));
}

/* once, or for each offered key when a program must be told about it; the first ones are enough */
static enum ka_err ask_source(struct look *l, const struct ka_source_query *who)
{
	bool needs_key = l->source->kind == KA_CONF_KIND_COMMAND && ka_sourcecommand_needs_key(l->source);
	size_t count = !needs_key ? 1 : l->query->offers_count < KA_DIAG_ASKED_MAX ? l->query->offers_count : KA_DIAG_ASKED_MAX;
	struct ka_source_query query = *who;
	enum ka_err err = KA_ERR_OK;
	size_t asked = 0;

	for (size_t i = 0; i < count && err == KA_ERR_OK; i++) {
		if (needs_key) {
			const struct ka_offer *o = &l->query->named[i];

			query.type = o->type[0] != '\0' ? o->type : NULL;
			query.key = ka_offer_key(o)[0] != '\0' ? ka_offer_key(o) : NULL;
			query.fp = o->fp[0] != '\0' ? o->fp : NULL;
		}
		err = ka_sourceask_read(l->ask, l->source, &query, take_file, l);
		if (err != KA_ERR_OK || l->ask->is_unasked)
			continue;
		asked++;
		note_trouble(l);
	}
	l->out->unasked += asked == 0;
	return err;
}

static enum ka_err ask(struct look *l, const struct ka_source_query *who)
{
	const struct ka_conf *conf = l->query->conf;
	enum ka_err err = KA_ERR_OK;

	for (size_t i = 0; i < conf->sources_count && err == KA_ERR_OK; i++) {
		l->source = &conf->sources[i];
		l->in_force = ka_vetconf_policy(conf, &(const struct ka_vetconf_who){ l->source, l->query->user, l->query->profile },
						&l->policy, &l->room);
		memset(&l->all, 0, sizeof(l->all));
		memset(l->of, 0, sizeof(l->of));
		l->over_path[0] = '\0';
		err = ask_source(l, who);
		if (err == KA_ERR_OK)
			err = l->err;
		if (err == KA_ERR_OK)
			note_too_many(l, l->source);
	}
	return err == KA_ERR_OK ? ka_othersource_look(l->query, l->out) : err;
}

/* certificates that no line has let in: by the authorities of trusted_ca */
static void ask_trusted(struct look *l)
{
	const struct ka_vet_when when = { .now_sec = l->query->now_sec, .local_offset_sec = l->query->local_offset_sec };

	l->in_force = ka_vetconf_policy(l->query->conf, &(const struct ka_vetconf_who){ NULL, l->query->user, l->query->profile }, &l->policy,
					&l->room);
	for (size_t i = 0; l->policy.certificates && i < l->query->offers_count; i++) {
		const struct ka_keyscan_offer *o = &l->query->offers[i];
		struct ka_keysource_key *key = &l->out->key[i];
		struct ka_vet vet;

		if (!o->is_cert || o->cert_len == 0 || (key->is_listed && key->vet.verdict != KA_VERDICT_REJECT) ||
		    !ka_certjudge_init(&l->cert, (struct ka_span){ o->blob, o->cert_len }, l->query->user))
			continue;
		ka_certjudge_trusted(&l->cert, &l->judge, l->query->conf, l->in_force, &when, &l->line, l->blob, &vet);
		if (vet.reasons[0] == KA_REASON_CERT_CA_UNTRUSTED && vet.count > 0)
			continue; /* a line has said more; without one it is told of sshd's own authorities too */
		judge_revoked(l, i, &vet);
		*key = (struct ka_keysource_key){ .is_listed = true, .by_authority = true, .vet = vet, .source = "trusted_ca" };
	}
}

enum ka_err ka_keysource_look(const struct ka_keysource_query *query, struct ka_keysource *out)
{
	KA_AUTOFREE struct look *l = calloc(1, sizeof(*l));
	KA_AUTOFREE struct ka_sourceask *a = calloc(1, sizeof(*a));
	struct ka_conf_errors errors = { 0 };
	struct ka_source_query who = { .user = query->user, .home = query->home, .uid_number = query->uid };
	struct ka_rights rights;
	char uid[KA_TEXT_U64_MAX];
	enum ka_err err;

	memset(out, 0, sizeof(*out));
	if (l == NULL || a == NULL)
		return KA_ERR_NOMEM;
	if (query->conf == NULL || !ka_username_is_valid(ka_span_of(query->user)))
		return KA_ERR_OK;
	l->query = query;
	l->out = out;
	ka_vetconf_make(query->conf, &l->policy, &errors);
	if (errors.count > 0)
		return KA_ERR_OK;
	out->is_asked = true;
	out->serves_certificates = l->policy.certificates;
	ka_text_u64(query->uid, uid);
	who.uid = query->has_uid ? uid : NULL;
	err = ka_rights_take(KA_COMMAND_USER, &rights);
	if (err != KA_ERR_OK)
		return err;
	out->rights = rights.answer;
	l->ask = a;
	a->may_ask = query->may_ask;
	a->now_sec = query->now_sec;
	ka_sourceask_open(query->conf, a);
	ka_judge_open(query->conf, &l->judge);
	err = ask(l, &who);
	if (err == KA_ERR_OK)
		ask_trusted(l);
	ka_judge_close(&l->judge);
	ka_sourceask_close(a);
	ka_rights_give_back(&rights);
	return err;
}
