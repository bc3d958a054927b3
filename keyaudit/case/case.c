/* Reading a connection's records. The command's uid may have written anything: bounded, parsed, never believed. */
#include "keyaudit/case/case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/label.h"
#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"
#include "keyaudit/case/casesaid.h"

#include "base/poison.h"

struct ka_case *ka_case_new(const struct ka_conn *conn)
{
	struct ka_case *c = calloc(1, sizeof(*c));

	if (c != NULL)
		c->conn = *conn;
	return c;
}

void ka_case_free(struct ka_case **c)
{
	if (*c != NULL)
		free((*c)->info);
	free(*c);
	*c = NULL;
}

static struct ka_offer *find_offer(struct ka_case *c, const char *type, const char *fp)
{
	struct ka_offer *o;

	for (size_t i = 0; i < c->offers_count; i++)
		if (strcmp(c->offers[i].type, type) == 0 && strcmp(c->offers[i].fp, fp) == 0)
			return &c->offers[i];
	if (c->offers_count == KA_DIAG_OFFERS_MAX) {
		c->overflowed = true;
		return NULL;
	}
	o = &c->offers[c->offers_count++];
	ka_span_copy(ka_span_of(type), o->type, sizeof(o->type));
	ka_span_copy(ka_span_of(fp), o->fp, sizeof(o->fp));
	return o;
}

static void add_attempt(struct ka_case *c, const struct ka_record *r)
{
	static const enum ka_offer_said said[] = {
		[KA_RECORD_SERVED] = KA_OFFER_SERVED, [KA_RECORD_REFUSED] = KA_OFFER_REFUSED, [KA_RECORD_NONE] = KA_OFFER_NONE,
	};
	struct ka_span rest = ka_span_of(r->reasons), id;
	struct ka_offer *o;

	if (c->attempts++ == 0) { /* one connection has one user: what later lines say otherwise is not believed */
		ka_span_copy(ka_span_of(r->user), c->user, sizeof(c->user));
		c->has_uid = r->has_uid;
		c->uid = r->uid;
		ka_span_copy(ka_span_of(r->c), c->c, sizeof(c->c));
	}
	memcpy(c->src_last, r->src, sizeof(c->src_last));
	c->took_last_us = r->took_us;
	if (r->type[0] == '\0' && r->fp[0] == '\0')
		return;
	o = find_offer(c, r->type, r->fp);
	if (o == NULL)
		return;
	ka_span_copy(ka_span_of(r->key), o->key, sizeof(o->key));
	/* the second run for a key decides, so the last word counts */
	o->runs = o->said == said[r->verdict] ? o->runs + 1 : 1;
	o->said = said[r->verdict];
	/* but the first run went the whole way: the next one finds in the cache what that one brought */
	if (o->runs == 1) {
		memcpy(o->src, r->src, sizeof(o->src));
		o->took_us = r->took_us;
		(void)ka_label_read(r->label, o->label);
	}
	o->reasons_count = 0;
	while (r->reasons[0] != '\0' && ka_text_split(&rest, ',', &id)) {
		enum ka_reason reason = ka_reason_find((const char *)id.p, id.len);

		if (reason != KA_REASON_NONE && o->reasons_count < KA_VERDICT_REASONS_MAX)
			o->reasons[o->reasons_count++] = reason;
	}
}

void ka_case_attempts(struct ka_case *c, struct ka_span text)
{
	struct ka_cursor cur;
	struct ka_span line;
	size_t n = 0;

	ka_cursor_init(&cur, text.p, text.len);
	while (n++ <= 2 * KA_RECORDS_ALL_MAX && ka_cursor_line(&cur, &line, NULL)) {
		if (!ka_record_parse(line, &c->record))
			continue;
		if (c->record.is_overflow)
			c->overflowed = true;
		else
			add_attempt(c, &c->record);
	}
}

bool ka_case_next_key(struct ka_cursor *info, struct ka_span *type, struct ka_span *base64)
{
	struct ka_span line, word;

	while (ka_cursor_line(info, &line, NULL)) {
		if (!ka_text_word(&line, &word) || !ka_span_is(word, "publickey"))
			continue;
		if (!ka_text_word(&line, type) || !ka_text_word(&line, base64))
			*type = *base64 = (struct ka_span){ NULL, 0 };
		return true;
	}
	return false;
}

/* the key that logged in: the last publickey line */
static enum ka_err take_info(struct ka_case *c, const char *info)
{
	KA_AUTOFREE uint8_t *blob = malloc(2 * KA_BLOB_MAX);
	struct ka_span type, base64, line, word, any = { NULL, 0 };
	struct ka_keyblob key;
	struct ka_cursor cur;
	struct ka_buf plain;
	size_t len;

	free(c->info);
	c->info = strdup(info);
	if (blob == NULL || c->info == NULL)
		return KA_ERR_NOMEM;
	ka_cursor_init(&cur, c->info, strlen(c->info));
	while (ka_cursor_line(&cur, &line, NULL))
		if (ka_text_word(&line, &word))
			ka_span_copy(ka_span_sub(word, 0, ka_span_find(word, '/')), c->method, sizeof(c->method));
	ka_cursor_init(&cur, c->info, strlen(c->info));
	while (ka_case_next_key(&cur, &type, &base64)) {
		memset(&c->session_key, 0, sizeof(c->session_key));
		ka_span_copy(type, c->session_key.type, sizeof(c->session_key.type));
		c->session_key_bits = 0;
		if (!ka_keyb64_decode(base64, blob, KA_BLOB_MAX, &len))
			continue;
		ka_keyblob_parse((struct ka_span){ blob, len }, any, &key);
		c->session_key_bits = key.bits;
		ka_buf_init(&plain, blob + KA_BLOB_MAX, KA_BLOB_MAX);
		if (key.type != NULL)
			ka_keyblob_plain(&key, &plain);
		if (plain.len > 0 && !plain.overflow)
			ka_keyfpr_text(ka_buf_as_span(&plain), c->session_key.fp);
	}
	return KA_ERR_OK;
}

enum ka_err ka_case_phases(struct ka_case *c, struct ka_span text)
{
	KA_AUTOFREE char *storage = malloc(KA_PHASE_RECORD_MAX + 16);
	struct ka_phase_record p;
	struct ka_cursor cur;
	struct ka_span line;
	enum ka_err err = KA_ERR_OK;

	if (storage == NULL)
		return KA_ERR_NOMEM;
	ka_cursor_init(&cur, text.p, text.len);
	while (err == KA_ERR_OK && ka_cursor_line(&cur, &line, NULL)) {
		if (line.len > KA_PHASE_RECORD_MAX || !ka_phase_parse(line, storage, KA_PHASE_RECORD_MAX + 16, &p))
			continue;
		c->auth |= p.phase == KA_PHASE_AUTH;
		c->auth_in_monitor |= p.phase == KA_PHASE_AUTH && p.pid == c->conn.m;
		c->auth_in_fork |= p.phase == KA_PHASE_AUTH && p.pid != c->conn.m;
		c->account |= p.phase == KA_PHASE_ACCOUNT;
		c->session |= p.phase == KA_PHASE_SESSION;
		ka_span_copy(ka_span_of(p.rhost), c->rhost, sizeof(c->rhost));
		ka_span_copy(ka_span_of(p.conn), c->pam_conn, sizeof(c->pam_conn));
		ka_span_copy(ka_span_of(p.user), c->pam_user, sizeof(c->pam_user));
		if (p.phase == KA_PHASE_DENIED) {
			c->denied_by = ka_reason_find(p.info, strlen(p.info));
			if (c->denied_by == KA_REASON_NONE)
				c->denied_by = KA_REASON_INTERNAL_ERROR;
		}
		if (p.phase == KA_PHASE_SESSION) {
			c->session_info_missing = p.info_too_long;
			err = take_info(c, p.info);
		}
	}
	return err;
}

/* open -> fstat the descriptor -> judge -> bounded read. KA_ERR_SYNTAX: it is not what it should be */
static enum ka_err read_judged(int dir, const char *name, uid_t owner, size_t max, char **text, size_t *len)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	*text = NULL;
	*len = 0;
	if (fd < 0) {
		if (ka_fd_is_shortage(errno))
			return KA_ERR_SYS; /* that is we, not the file */
		/* absent is fine; a link, a socket or a directory that cannot be opened is not */
		return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? KA_ERR_SYNTAX : KA_ERR_OK;
	}
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode) || st.st_uid != owner || st.st_nlink != 1 || (uint64_t)st.st_size > max)
		return KA_ERR_SYNTAX;
	return ka_fd_slurp(fd, max, text, len);
}

void ka_case_settle_user(struct ka_case *c)
{
	if (c->pam_user[0] == '\0' || strcmp(c->pam_user, c->user) == 0)
		return;
	ka_span_copy(ka_span_of(c->pam_user), c->user, sizeof(c->user));
	c->has_uid = false; /* of somebody else */
}

static enum ka_err read_attempts(const struct ka_rundir *r, struct ka_case *c, int dir, const char *name, bool *tampered)
{
	KA_AUTOFREE char *text = NULL;
	struct stat st;
	size_t len = 0;
	enum ka_err err = read_judged(dir, name, r->command_uid, KA_SPOOL_FILE_MAX, &text, &len);

	*tampered = err == KA_ERR_SYNTAX || err == KA_ERR_LIMIT;
	if (err != KA_ERR_OK)
		return *tampered ? KA_ERR_OK : err;
	c->has_attempts_file |= fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	ka_case_attempts(c, (struct ka_span){ (const uint8_t *)text, len });
	return KA_ERR_OK;
}

static enum ka_err read_phases(struct ka_case *c, int dir, const char *name)
{
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;
	enum ka_err err = read_judged(dir, name, geteuid(), KA_PHASE_FILE_MAX, &text, &len);

	if (err != KA_ERR_OK) /* root's own file: not to be had, or not ours */
		return err == KA_ERR_SYNTAX || err == KA_ERR_LIMIT ? KA_ERR_OK : err;
	return ka_case_phases(c, (struct ka_span){ (const uint8_t *)text, len });
}

enum ka_err ka_case_read_claim(const struct ka_rundir *r, const struct ka_claim *claim, struct ka_case *c)
{
	char name[KA_CONN_NAME_MAX];
	enum ka_err err = read_attempts(r, c, claim->dir, "a", &c->tampered);

	ka_conn_name(&c->conn, name);
	ka_witness_recall(r, &c->conn, &c->witness);
	if (err == KA_ERR_OK)
		err = read_attempts(r, c, claim->dir, "b", &c->tampered_hidden);
	if (err == KA_ERR_OK)
		err = read_phases(c, r->phase, name);
	if (err == KA_ERR_OK)
		err = ka_casesaid_read(r, c);
	ka_case_settle_user(c);
	ka_casesaid_settle(c);
	return err;
}

enum ka_err ka_case_read_open(const struct ka_rundir *r, struct ka_case *c)
{
	char name[KA_CONN_NAME_MAX], hidden[KA_CONN_NAME_MAX];
	enum ka_err err;

	ka_conn_name(&c->conn, name);
	ka_conn_name(&(struct ka_conn){ c->conn.m, 0 }, hidden);
	ka_witness_recall(r, &c->conn, &c->witness);
	err = read_attempts(r, c, r->spool, name, &c->tampered);
	if (err == KA_ERR_OK && c->conn.start != 0)
		err = read_attempts(r, c, r->spool, hidden, &c->tampered_hidden);
	if (err == KA_ERR_OK)
		err = read_phases(c, r->phase, name);
	if (err == KA_ERR_OK)
		err = ka_casesaid_read(r, c);
	ka_case_settle_user(c);
	ka_casesaid_settle(c);
	return err;
}

bool ka_case_is_hearsay(const struct ka_case *c)
{
	return !c->witness.seen && !c->auth && !c->account && !c->session && !c->said_sure;
}

bool ka_case_is_log_only(const struct ka_case *c)
{
	return !c->has_attempts_file && !c->tampered && !c->tampered_hidden && !c->auth && !c->account && !c->session &&
	       c->denied_by == KA_REASON_NONE;
}

bool ka_case_is_mute(const struct ka_case *c)
{
	return ka_case_is_log_only(c) && !c->said_worth;
}
