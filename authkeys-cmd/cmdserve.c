/* One run of the command. Fails closed: what cannot be judged is not printed. */
#include "authkeys-cmd/cmdserve.h"

#include <string.h>

#include "authkeys-cmd/cmdcert.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/label.h"
#include "base/text.h"
#include "base/zone.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"
#include "spool/recordsrc.h"
#include "store/question.h"
#include "vet/vetnote.h"
#include "vet/vetconf.h"

#include "base/poison.h"

/* a list of the record: what stood there before its last entry, when that does not fit */
static void keep_whole(struct ka_buf *list, size_t before)
{
	if (list->overflow)
		ka_buf_cut(list, before);
}

void ka_cmdserve_note(struct ka_cmdserve *s, enum ka_reason reason)
{
	const char *id = ka_reason_id(reason);
	struct ka_span rest = ka_buf_as_span(&s->reasons), part;
	size_t before = s->reasons.len;

	while (before > 0 && ka_text_split(&rest, ',', &part))
		if (ka_span_is(part, id))
			return;
	if (before > 0)
		ka_buf_char(&s->reasons, ',');
	ka_buf_text(&s->reasons, id);
	keep_whole(&s->reasons, before);
}

static void flush(struct ka_cmdserve *s)
{
	/* a reader that went away is not our fault: sshd then uses nothing, and we still record */
	if (s->out.len > 0 && ka_fd_write_all(s->out_fd, s->out.p, s->out.len) != KA_ERR_OK)
		ka_cmdserve_note(s, KA_REASON_INTERNAL_ERROR);
	ka_buf_cut(&s->out, 0);
}

/* a frame of its own, and only where something is forced: the parsed list is large */
__attribute__((noinline)) static void note_forced(struct ka_cmdserve *s)
{
	struct ka_keyopts forced;

	ka_keyopts_parse(ka_span_of(s->in_force->force_options), 1, &forced);
	ka_keyopts_names(&forced, &s->opts);
}

static void serve_line(struct ka_cmdserve *s)
{
	size_t before = s->out.len;

	ka_keyopts_names(&s->line.options, &s->opts);
	if (s->in_force->force_options[0] != '\0')
		note_forced(s);
	ka_keyline_emit(&s->line, s->in_force->force_options, &s->out);
	if (s->out.overflow) { /* make room and write it again: an emitted line is shorter than the buffer */
		ka_buf_cut(&s->out, before);
		flush(s);
		ka_keyline_emit(&s->line, s->in_force->force_options, &s->out);
	}
	if (ka_buf_check(&s->out) != KA_ERR_OK) {
		ka_buf_cut(&s->out, 0);
		ka_cmdserve_note(s, KA_REASON_INTERNAL_ERROR);
		return;
	}
	s->served++;
}

/* seconds east of Greenwich, asked only when there is an expiry-time: it costs a file */
static void need_local_offset(struct ka_cmdserve *s)
{
	bool is_forced = s->in_force->option_forced[KA_KEYOPT_EXPIRY_TIME];

	if (s->has_local_offset || (!is_forced && ka_keyopts_find(&s->line.options, KA_KEYOPT_EXPIRY_TIME) == NULL))
		return;
	s->has_local_offset = true;
	s->when.local_offset_sec = ka_zone_offset_sec(s->when.now_sec);
}

/* revoked by any store's signed list: then it does not matter where it comes from. Of a certificate the key in it */
static enum ka_reason ask_revoked(struct ka_cmdserve *s, const struct ka_keyblob *key)
{
	char fp[KA_FPR_TEXT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, s->store->plain);
	ka_keyblob_plain(key, &b);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return KA_REASON_INTERNAL_ERROR;
	ka_keyfpr_text(ka_buf_as_span(&b), fp);
	return ka_sourcerevoked_judge(&s->store->revoked, fp);
}

static void serve_or_refuse(struct ka_cmdserve *s)
{
	bool has_list = s->has_store && s->store->revoked.count > 0;
	enum ka_reason reason = has_list ? ask_revoked(s, &s->line.key) : KA_REASON_NONE;

	if (has_list && s->is_cert && reason == KA_REASON_NONE)
		reason = ask_revoked(s, &s->certjudge->own.key);
	if (reason == KA_REASON_NONE)
		serve_line(s);
	else if (s->args->has_key)
		ka_cmdserve_note(s, reason);
}

/* of several lines of the offered key the first that was served names it, else the first that was refused */
__attribute__((noinline)) static void note_label(struct ka_cmdserve *s, bool is_served)
{
	struct ka_cmdstore *store = s->store;
	struct ka_span word = ka_label_last(s->line.comment);

	/* a line may be looked at for other reasons than its key */
	if (word.len == 0 || !s->args->has_key || !ka_span_equal(s->line.key.blob, s->offered))
		return;
	if (s->record->label.len > 0 && (store->label_is_of_served || !is_served))
		return;
	store->label_is_of_served = is_served;
	memcpy(store->label, word.p, word.len); /* shorter, or it would be none; the next source uses the lines' room again */
	s->record->label = (struct ka_span){ (const uint8_t *)store->label, word.len };
}

/* an authority is served for a certificate that was judged, and for nothing else */
static void judge_key(struct ka_cmdserve *s)
{
	struct ka_vetnote note;

	ka_judge_line(s->judge, &s->line, s->in_force, &s->when, &s->vet);
	if (s->vet.verdict == KA_VERDICT_REJECT || ka_keyopts_find(&s->line.options, KA_KEYOPT_CERT_AUTHORITY) == NULL)
		return;
	ka_vetnote_resume(&note, s->in_force, false, &s->vet);
	ka_vetnote_refuse(&note, KA_REASON_OPTION_CERT_AUTHORITY, ka_keyopts_name(KA_KEYOPT_CERT_AUTHORITY, false));
}

static bool is_wanted(const struct ka_cmdserve *s)
{
	if (!s->args->has_key || s->line.reason != KA_REASON_NONE)
		return true;
	return s->is_cert ? ka_certjudge_is_authority(s->certjudge, &s->line) : ka_span_equal(s->line.key.blob, s->offered);
}

static void judge_line(struct ka_cmdserve *s, struct ka_span text)
{
	size_t before = s->served;

	if (ka_sourcelines_is_over(&s->lines))
		return;
	ka_keyline_parse(text, s->storage + s->offered.len, &s->line);
	if (!ka_sourcelines_take(&s->lines, s->line.reason)) {
		if (ka_sourcelines_is_over(&s->lines))
			ka_cmdserve_note(s, KA_REASON_STORE_TOO_LARGE);
		return;
	}
	if (!is_wanted(s))
		return;
	need_local_offset(s);
	if (s->is_cert)
		ka_cmdcert_line(s);
	else
		judge_key(s);
	if (s->vet.verdict != KA_VERDICT_REJECT)
		serve_or_refuse(s);
	for (size_t i = 0; i < s->vet.count; i++)
		if (s->args->has_key)
			ka_cmdserve_note(s, s->vet.reasons[i]);
	if (s->is_labelled)
		note_label(s, s->served > before);
}

/* the line around an offset */
static struct ka_span line_around(struct ka_span bytes, size_t at)
{
	const uint8_t *before = at > 0 ? memrchr(bytes.p, '\n', at) : NULL;
	size_t begin = before != NULL ? (size_t)(before - bytes.p) + 1 : 0;
	struct ka_span rest = ka_span_sub(bytes, begin, bytes.len);

	return ka_span_sub(rest, 0, ka_span_find(rest, '\n'));
}

/* only lines that contain the wanted key's base64 are judged: the cost does not grow with a user's other keys */
static void search(struct ka_cmdserve *s, struct ka_span bytes)
{
	size_t n = strlen(s->needle), at = 0;

	while (at < bytes.len) {
		const uint8_t *hit = memmem(bytes.p + at, bytes.len - at, s->needle, n);
		struct ka_span line;

		if (hit == NULL)
			return;
		line = line_around(bytes, (size_t)(hit - bytes.p));
		judge_line(s, line);
		at = (size_t)(line.p - bytes.p) + line.len + 1;
	}
}

static void take_bytes(void *ctx, struct ka_span bytes)
{
	struct ka_cmdserve *s = ctx;
	struct ka_cursor c;
	struct ka_span line;

	if (s->args->has_key) {
		search(s, bytes);
		return;
	}
	ka_cursor_init(&c, bytes.p, bytes.len);
	while (ka_cursor_line(&c, &line, NULL))
		judge_line(s, line);
}

static void take_file(void *ctx, const char *path, struct ka_span bytes)
{
	(void)path;
	take_bytes(ctx, bytes);
}

static void record_source(struct ka_cmdserve *s, const struct ka_conf_source *source, size_t served)
{
	struct ka_recordsrc r = { .answer = s->answer.answer, .reason = s->answer.reason, .evidence = s->evidence };

	memcpy(r.name, source->name, sizeof(r.name));
	if (served > 0)
		r.evidence.served = (int64_t)served;
	ka_recordsrc_write(&r, &s->src);
}

static void ask_file(struct ka_cmdserve *s, const struct ka_conf_source *source, const struct ka_source_query *query)
{
	if (ka_sourcefile_read(source, query, take_file, s, &s->answer) == KA_ERR_OK)
		return;
	s->answer.answer = KA_SOURCE_UNAVAILABLE;
	s->answer.reason = KA_REASON_INTERNAL_ERROR;
}

/* beside the source, and among the reasons of no key: the list in force keeps nobody out for that */
static void show_list(struct ka_cmdserve *s, const struct ka_conf_source *source)
{
	enum ka_reason notice = ka_sourcerevoked_notice(&s->store->revoked, source);

	if (notice != KA_REASON_NONE && s->evidence.cause == KA_ANSWER_UNKNOWN)
		s->evidence.cause = (int32_t)notice;
}

/*
 * Whether what the source said may be why a key is not served: a file beside the one that was found may hold it. A store that
 * has answered has answered for all of it; what was noticed on the way, of a mirror or of the entry before, stands beside the
 * source. The first of a key's reasons decides what its event says.
 */
static bool may_hold_more(const struct ka_cmdserve *s, const struct ka_conf_source *source)
{
	return source->kind != KA_CONF_KIND_HTTP || (s->answer.answer != KA_SOURCE_FOUND && s->answer.answer != KA_SOURCE_NO_KEYS);
}

static void ask_http(struct ka_cmdserve *s, const struct ka_conf_source *source, const struct ka_source_query *query)
{
	struct ka_sourcehttp *h = &s->store->http;

	s->answer.answer = KA_SOURCE_REFUSED;
	s->answer.reason = ka_sourcerevoked_may_serve(&s->store->revoked, source, s->when.now_sec);
	if (s->answer.reason != KA_REASON_NONE)
		return;
	s->is_labelled = source->format == KA_CONF_FORMAT_JSON && source->label[0] != '\0';
	ka_sourcehttp_read(source, query, &s->store->env, take_bytes, s, h);
	s->is_labelled = false;
	s->answer.answer = h->answer;
	s->answer.reason = h->reason;
	s->evidence = h->evidence;
	s->record->net_ms += h->net_ms;
	if (h->refresh_later)
		s->later |= 1u << (source - s->conf->sources);
	if (h->notice == KA_REASON_NONE)
		return;
	if (may_hold_more(s, source))
		ka_cmdserve_note(s, h->notice);
	else if (s->answer.reason != h->notice)
		s->evidence.cause = (int32_t)h->notice;
}

static void ask_command(struct ka_cmdserve *s, const struct ka_conf_source *source, const struct ka_source_query *query)
{
	/* a program that hung for one key will hang for the next one: a connection waits for it once */
	if (s->attempt != NULL && ka_attempt_has_said(s->attempt, source->name, KA_REASON_STORE_TIMEOUT)) {
		s->answer.answer = KA_SOURCE_UNAVAILABLE;
		s->answer.reason = KA_REASON_STORE_TIMEOUT;
		return;
	}
	if (ka_sourcecommand_read(source, query, take_file, s, &s->answer, &s->evidence) == KA_ERR_OK)
		return;
	s->answer.answer = KA_SOURCE_UNAVAILABLE;
	s->answer.reason = KA_REASON_INTERNAL_ERROR;
}

static void ask_source(struct ka_cmdserve *s, const struct ka_conf_source *source, const struct ka_source_query *query)
{
	size_t before = s->served;

	s->lines.count = 0; /* a limit for each source: one must not use up the next one's */
	s->in_force = ka_vetconf_policy(s->conf, &(const struct ka_vetconf_who){ source, s->args->user, s->args->profile }, s->policy,
					&s->store->policy);
	s->evidence = ka_source_evidence_none();
	switch (source->kind) {
	case KA_CONF_KIND_FILE:
		ask_file(s, source, query);
		break;
	case KA_CONF_KIND_COMMAND:
		ask_command(s, source, query);
		break;
	case KA_CONF_KIND_HTTP:
		ask_http(s, source, query);
		show_list(s, source);
		break;
	}
	record_source(s, source, s->served - before);
	/* that a source has nothing for the user is no refusal; what it could not or must not read is, whoever else served */
	if (s->answer.reason != KA_REASON_NONE && s->answer.reason != KA_REASON_STORE_NO_KEYS && may_hold_more(s, source))
		ka_cmdserve_note(s, s->answer.reason);
}

/* one deadline for the connection: what its earlier runs waited counts, and what this one has waited already */
static int budget_ms(void *ctx)
{
	struct ka_cmdserve *s = ctx;

	return (int)s->conf->deadline_ms - s->record->net_ms - ka_attempt_net_ms(s->attempt);
}

static bool has_http(const struct ka_conf *c)
{
	for (size_t i = 0; i < c->sources_count; i++)
		if (c->sources[i].kind == KA_CONF_KIND_HTTP)
			return true;
	return false;
}

static void prepare_http(struct ka_cmdserve *s)
{
	s->store->env = (struct ka_sourcehttp_env){
		.now = s->when.now_sec, .budget_ms = budget_ms, .ctx = s, .ed25519 = s->when.ed25519,
		.may_ask = true, .may_remember = !s->attempt->by_hand,
	};
	ka_sourcerevoked_open(s->conf, &s->store->env, &s->store->http, &s->store->revoked);
}

static void refresh_source(const struct ka_cmdserve *s, const struct ka_conf_source *source)
{
	ka_sourcefetch_later(&(const struct ka_sourcefetch_who){
		.source = source->name, .user = s->args->user, .fp = ka_question_has_fp(source) ? s->record->fp : "",
		.key = ka_question_has_key(source) ? s->args->key : "", .except = "",
	});
}

void ka_cmdserve_later(const struct ka_cmdserve *s)
{
	for (size_t i = 0; s->later != 0 && i < s->conf->sources_count; i++)
		if ((s->later & (1u << i)) != 0)
			refresh_source(s, &s->conf->sources[i]);
	for (size_t i = 0; s->has_store && i < s->store->revoked.count; i++)
		if (s->store->revoked.refresh_later[i])
			ka_sourcefetch_later(&(const struct ka_sourcefetch_who){ s->store->revoked.source[i]->name, KA_QUESTION_REVOKED, "", "", "" });
}

void ka_cmdserve_run(struct ka_cmdserve *s)
{
	struct ka_source_query query = { .user = s->args->user, .uid_number = s->args->uid_number, .by_lines = true, .known = s->known };
	size_t len = 0;

	query.uid = s->args->has_uid ? s->args->uid : NULL;
	query.home = s->args->home[0] != '\0' ? s->args->home : NULL;
	query.type = s->args->type[0] != '\0' ? s->args->type : NULL;
	query.key = s->args->has_key ? s->args->key : NULL;
	query.fp = s->record->fp[0] != '\0' ? s->record->fp : NULL;
	s->when.now_sec = ka_clock_wall_us() / 1000000;
	if (s->args->has_key && s->offered.p == NULL) {
		if (!ka_keyb64_decode(ka_span_of(s->args->key), s->storage, KA_BLOB_MAX, &len)) {
			ka_cmdserve_note(s, KA_REASON_LINE_BAD_BASE64);
			return;
		}
		s->offered = (struct ka_span){ s->storage, len };
	}
	s->needle = s->args->key;
	if (!ka_cmdcert_begin(s))
		return;
	s->has_store = has_http(s->conf);
	if (s->has_store)
		prepare_http(s);
	for (size_t i = 0; i < s->conf->sources_count; i++)
		ask_source(s, &s->conf->sources[i], &query);
	if (s->is_cert && s->served == 0 && ka_cmdcert_trusted(s))
		serve_or_refuse(s);
	flush(s);
}
