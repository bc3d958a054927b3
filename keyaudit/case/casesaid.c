/*
 * The log's words of one connection. MUST: take no word of a stranger for sshd's (sshdsay.h reads from the right end), and
 * never lose the line that decides behind many that do not.
 */
#include "keyaudit/case/casesaid.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "diag/sshdsay.h"
#include "keyaudit/case/logpeer.h"
#include "spool/saidline.h"

#include "base/poison.h"

#define HEARD "heard" /* in /run/keyaudit */

void ka_casesaid_heard(const struct ka_rundir *r)
{
	KA_AUTOCLOSE int fd = openat(r->run, HEARD, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	(void)fd; /* no room for it: nobody waits for the log, and what it says late is lost to an event */
}

bool ka_casesaid_is_heard(const struct ka_rundir *r, const struct ka_conf *conf)
{
	return conf->sshd_log != KA_CONF_LOG_NONE && faccessat(r->run, HEARD, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* pam_unix says it by the monitor's own voice, behind whatever the session's processes have said */
static bool is_session_over(struct ka_span message)
{
	static const char over[] = ":session): session closed for user ";

	return ka_span_starts(message, "pam_unix(") && memmem(message.p, message.len, over, sizeof(over) - 1) != NULL;
}

/* sshd says no more of the login, or of the session, behind these */
static bool is_closing(enum ka_sshdsay_kind kind, enum ka_reason reason, struct ka_span message)
{
	return kind == KA_SSHDSAY_CLOSED || reason == KA_REASON_CONN_GRACE_TIMEOUT || ka_span_starts(message, "Disconnecting ") ||
	       is_session_over(message);
}

static bool is_session_lost(enum ka_reason reason)
{
	return reason == KA_REASON_PAM_SESSION_FAILED || reason == KA_REASON_SSHD_CHROOT_UNSAFE;
}

bool ka_casesaid_is_worth(struct ka_span message)
{
	struct ka_sshdsay words;
	struct ka_witness peer;

	return ka_sshdsay_read(message, &words) || ka_logpeer_read(message, &peer) || is_session_over(message);
}

bool ka_casesaid_begins(struct ka_span message)
{
	struct ka_sshdsay words;

	if (!ka_sshdsay_read(message, &words))
		return false;
	return words.user.len > 0 || (words.reason != KA_REASON_NONE && words.reason != KA_REASON_CONN_GRACE_TIMEOUT) ||
	       (words.kind != KA_SSHDSAY_CLOSED && words.kind != KA_SSHDSAY_CAUSE);
}

static enum ka_err slurp(const struct ka_rundir *r, const struct ka_conn *conn, char **text, size_t *len)
{
	char name[KA_CONN_NAME_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	*text = NULL;
	*len = 0;
	ka_conn_name(conn, name);
	fd = openat(r->said, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return KA_ERR_OK; /* the log has said nothing, or it is not our file */
	return ka_fd_slurp(fd, KA_SAID_FILE_MAX + KA_SAID_RECORD_MAX, text, len);
}

bool ka_casesaid_look(const struct ka_rundir *r, const struct ka_conn *conn, struct ka_casesaid_glance *out)
{
	KA_AUTOFREE char *text = NULL;
	struct ka_saidline l;
	struct ka_sshdsay w;
	struct ka_cursor c;
	struct ka_span line;
	size_t len;

	memset(out, 0, sizeof(*out));
	if (slurp(r, conn, &text, &len) != KA_ERR_OK || text == NULL)
		return false;
	ka_cursor_init(&c, text, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		if (!ka_saidline_parse(line, &l) ||
		    (!ka_sshdsay_read(ka_span_of(l.message), &w) && !is_session_over(ka_span_of(l.message))))
			continue;
		out->is_sure |= l.is_sure;
		out->is_accepted |= w.kind == KA_SSHDSAY_ACCEPTED;
		out->is_accepted_sure |= w.kind == KA_SSHDSAY_ACCEPTED && l.is_sure;
		if (w.kind == KA_SSHDSAY_ACCEPTED)
			out->accepted_us = l.at_us;
		out->is_session_lost |= is_session_lost(w.reason);
		if (is_closing(w.kind, w.reason, ka_span_of(l.message))) {
			out->is_closed = true;
			out->closed_us = l.at_us;
		}
	}
	return true;
}

/* room for what decides: lines that tell neither a cause nor an end get half of it */
static bool has_room(const struct ka_case *c, const struct ka_said *said)
{
	bool decides = said->reason != KA_REASON_NONE || said->kind == KA_SSHDSAY_ACCEPTED || said->kind == KA_SSHDSAY_CLOSED;

	return c->said_count < (decides ? KA_CASE_SAID_MAX : KA_CASE_SAID_MAX / 2);
}

static bool is_known(const struct ka_case *c, const struct ka_said *said)
{
	for (size_t i = 0; i < c->said_count; i++)
		if (c->said[i].is_verified == said->is_verified && strcmp(c->said[i].message, said->message) == 0)
			return true;
	return false;
}

static bool is_same_peer(const struct ka_witness *a, const struct ka_witness *b)
{
	return strcmp(a->client, b->client) == 0 && a->client_port == b->client_port &&
	       (a->server[0] == '\0' || b->server[0] == '\0' || strcmp(a->server, b->server) == 0);
}

/* sshd says it once, or says the same. A sure line is above all others; of two alike that differ one is forged */
static void take_peer(struct ka_case *c, const struct ka_witness *peer, bool is_sure)
{
	bool is_first = !c->said_peer.seen || (is_sure && !c->said_peer_sure);

	if (!is_first && c->said_peer_sure && !is_sure)
		return;
	c->said_peer_torn = !is_first && (c->said_peer_torn || !is_same_peer(&c->said_peer, peer));
	if (is_first || (c->said_peer.server[0] == '\0' && peer->server[0] != '\0'))
		c->said_peer = *peer;
	c->said_peer.seen = true;
	c->said_peer_sure = is_sure;
}

static void take_words(struct ka_case *c, const struct ka_saidline *l)
{
	struct ka_witness peer = { .seen = false };
	struct ka_sshdsay w;
	uint64_t port;

	if (ka_logpeer_read(ka_span_of(l->message), &peer)) {
		take_peer(c, &peer, l->is_sure);
		return;
	}
	if (ka_sshdsay_read(ka_span_of(l->message), &w) && w.address.len > 0 && ka_text_to_u64(w.port, 65535, &port) &&
	    ka_span_copy(w.address, peer.client, sizeof(peer.client))) {
		peer.client_port = (unsigned)port;
		take_peer(c, &peer, l->is_sure);
	}
}

void ka_casesaid_lines(struct ka_case *c, struct ka_span text)
{
	struct ka_saidline l;
	struct ka_cursor cur;
	struct ka_span line;
	struct ka_said said;

	ka_cursor_init(&cur, text.p, text.len);
	while (ka_cursor_line(&cur, &line, NULL)) {
		if (!ka_saidline_parse(line, &l))
			continue;
		take_words(c, &l);
		if (!ka_said_make(ka_span_of(l.message), l.is_sure, l.at_us, &said) || is_known(c, &said) || !has_room(c, &said))
			continue;
		c->said[c->said_count++] = said;
		c->said_sure |= l.is_sure;
		c->said_worth |= ka_casesaid_begins(ka_span_of(l.message));
	}
}

enum ka_err ka_casesaid_read(const struct ka_rundir *r, struct ka_case *c)
{
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;
	enum ka_err err = slurp(r, &c->conn, &text, &len);

	if (err == KA_ERR_OK && text != NULL)
		ka_casesaid_lines(c, (struct ka_span){ (const uint8_t *)text, len });
	return err;
}

static const struct ka_said *find(const struct ka_case *c, bool (*is)(const struct ka_said *said, const void *what), const void *what)
{
	const struct ka_said *found = NULL;

	for (size_t i = 0; i < c->said_count; i++)
		if (is(&c->said[i], what) && (found == NULL || c->said[i].is_verified || !found->is_verified))
			found = &c->said[i];
	return found;
}

static bool is_kind(const struct ka_said *said, const void *what)
{
	return said->kind == *(const enum ka_sshdsay_kind *)what;
}

static bool is_reason(const struct ka_said *said, const void *what)
{
	return said->reason == *(const enum ka_reason *)what;
}

static bool is_failure_of(const struct ka_said *said, const void *what)
{
	struct ka_sshdsay w;

	if (said->kind != KA_SSHDSAY_FAILED)
		return false;
	ka_said_words(said, &w);
	return w.fp.len > 0 && ka_span_is(w.fp, what);
}

static bool names_user(const struct ka_said *said, const void *what)
{
	struct ka_sshdsay w;

	(void)what;
	ka_said_words(said, &w);
	return w.user.len > 0;
}

const struct ka_said *ka_casesaid_of_kind(const struct ka_case *c, enum ka_sshdsay_kind kind)
{
	return find(c, is_kind, &kind);
}

const struct ka_said *ka_casesaid_of_reason(const struct ka_case *c, enum ka_reason reason)
{
	return find(c, is_reason, &reason);
}

const struct ka_said *ka_casesaid_failed(const struct ka_case *c, const char *fp)
{
	return find(c, is_failure_of, fp);
}

/* what sshd calls a type in its log; a curve it does not say */
static struct ka_span type_of(struct ka_span word)
{
	static const struct { const char *log, *type; } types[] = {
		{ "ED25519", "ssh-ed25519" }, { "RSA", "ssh-rsa" }, { "DSA", "ssh-dss" },
		{ "ED25519-SK", "sk-ssh-ed25519@openssh.com" }, { "ECDSA-SK", "sk-ecdsa-sha2-nistp256@openssh.com" },
		{ "ED25519-CERT", "ssh-ed25519-cert-v01@openssh.com" }, { "RSA-CERT", "ssh-rsa-cert-v01@openssh.com" },
		{ "ED25519-SK-CERT", "sk-ssh-ed25519-cert-v01@openssh.com" },
		{ "ECDSA-SK-CERT", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(types); i++)
		if (ka_span_is(word, types[i].log))
			return ka_span_of(types[i].type);
	return word;
}

/* a certificate has the fingerprint of the key in it, and is another offer; a record may lack the type */
static bool is_offer(const struct ka_offer *o, struct ka_span type, struct ka_span fp)
{
	char name[KA_TYPE_NAME_MAX];

	if (!ka_span_is(fp, o->fp))
		return false;
	return o->type[0] == '\0' || !ka_span_copy(type, name, sizeof(name)) ||
	       (strstr(name, "-cert-v01@") != NULL) == (strstr(o->type, "-cert-v01@") != NULL);
}

static bool has_offer(const struct ka_case *c, struct ka_span type, struct ka_span fp)
{
	for (size_t i = 0; i < c->offers_count; i++)
		if (is_offer(&c->offers[i], type_of(type), fp))
			return true;
	return false;
}

/* a key that sshd spoke of and never asked the command about was offered all the same */
static void add_offer(struct ka_case *c, const struct ka_sshdsay *w)
{
	struct ka_offer *o;

	if (w->fp.len == 0 || w->type.len == 0 || has_offer(c, w->type, w->fp))
		return;
	if (c->offers_count == KA_DIAG_OFFERS_MAX) {
		c->overflowed = true;
		return;
	}
	o = &c->offers[c->offers_count];
	if (ka_span_copy(type_of(w->type), o->type, sizeof(o->type)) && ka_span_copy(w->fp, o->fp, sizeof(o->fp)))
		c->offers_count++;
	else
		memset(o, 0, sizeof(*o));
}

static void take_login(struct ka_case *c, const struct ka_said *accepted)
{
	struct ka_sshdsay w;
	struct ka_span method;

	ka_said_words(accepted, &w);
	method = ka_span_sub(w.method, 0, ka_span_find(w.method, '/'));
	if (!ka_span_copy(method, c->method, sizeof(c->method)) || w.fp.len == 0)
		return;
	if (!ka_span_copy(type_of(w.type), c->session_key.type, sizeof(c->session_key.type)) ||
	    !ka_span_copy(w.fp, c->session_key.fp, sizeof(c->session_key.fp)))
		memset(&c->session_key, 0, sizeof(c->session_key));
}

void ka_casesaid_settle(struct ka_case *c)
{
	const struct ka_said *accepted = ka_casesaid_of_kind(c, KA_SSHDSAY_ACCEPTED), *named = find(c, names_user, NULL);
	struct ka_sshdsay w;

	if (c->user[0] == '\0' && named != NULL) {
		ka_said_words(named, &w);
		if (!ka_span_copy(w.user, c->user, sizeof(c->user)))
			c->user[0] = '\0'; /* longer than any name that a login can have */
	}
	for (size_t i = 0; i < c->said_count; i++) {
		ka_said_words(&c->said[i], &w);
		if (c->said[i].kind != KA_SSHDSAY_ACCEPTED)
			add_offer(c, &w);
	}
	if (!c->session && accepted != NULL)
		take_login(c, accepted);
}
