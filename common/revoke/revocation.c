/* The site's revoked keys. It must never answer "not revoked" where it could not look. */
#include "revoke/revocation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "key/keyfpr.h"
#include "source/confwhy.h"

#include "base/poison.h"

struct ka_revocation_work {
	enum ka_revocation_point points; /* of all lists together; unknown before they were asked about, and asked again then */
	struct ka_revokedkeys_work list;
	uint8_t plain[KA_BLOB_MAX];
};

static struct ka_buf begin(struct ka_revocation_file *f, enum ka_reason reason)
{
	struct ka_buf b;

	f->reason = reason;
	ka_buf_init_array(&b, f->text);
	return b;
}

static struct ka_buf begin_named(struct ka_revocation_file *f, enum ka_reason reason)
{
	struct ka_buf b = begin(f, reason);

	ka_text_escape(&b, f->path, 0, KA_CONFWHY_PATH_SHOWN_MAX);
	ka_buf_text(&b, ": ");
	return b;
}

static void say(struct ka_revocation_file *f, const char *what)
{
	struct ka_buf b = begin_named(f, KA_REASON_DATA_INVALID);

	ka_buf_text(&b, what);
}

static void say_at(struct ka_revocation_file *f, const char *where, size_t at, const char *what)
{
	struct ka_buf b = begin_named(f, KA_REASON_DATA_INVALID);

	ka_buf_text(&b, where);
	ka_buf_u64(&b, at);
	ka_buf_text(&b, ": ");
	ka_buf_text(&b, what);
}

static void refuse(struct ka_revocation_file *f, const struct ka_permwalk_refusal *why)
{
	enum ka_reason reason = why->reason == KA_REASON_NONE && why->errnum == ENOENT ? KA_REASON_DATA_MISSING : KA_REASON_DATA_INVALID;
	struct ka_buf b = ka_span_is(f->path, why->path) ? begin(f, reason) : begin_named(f, reason); /* what is said may be of a folder */

	ka_confwhy_write(why, false, &b);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* all of it, as it was at one moment: who writes it anew in its place is waited for by reading again */
static enum ka_err read_whole(struct ka_revocation_file *f, int fd, size_t *len)
{
	struct stat before, after;

	for (unsigned look = 0; look < KA_REVOCATION_LOOKS_MAX; look++) {
		KA_AUTOFREE char *bytes = NULL;
		enum ka_err err;

		if (lseek(fd, 0, SEEK_SET) != 0 || fstat(fd, &before) != 0)
			return KA_ERR_SYS;
		if (before.st_size > KA_REVOCATION_FILE_MAX)
			return KA_ERR_LIMIT;
		err = ka_fd_slurp(fd, KA_REVOCATION_FILE_MAX, &bytes, len);
		if (err != KA_ERR_OK)
			return err;
		if (fstat(fd, &after) != 0)
			return KA_ERR_SYS;
		if (is_same(&before, &after) && (off_t)*len == after.st_size) {
			f->bytes = ka_steal_ptr(&bytes);
			return KA_ERR_OK;
		}
	}
	return KA_ERR_TIMEOUT;
}

static void look_through(struct ka_revocation_file *f, struct ka_span bytes, struct ka_revocation_work *w)
{
	f->is_krl = ka_krl_is(bytes);
	if (bytes.len == 0)
		say(f, "it is empty; when nothing is revoked it holds a comment, or is a KRL without keys (ssh-keygen -k -f FILE)");
	else if (f->is_krl && !ka_krl_read(bytes, &f->krl))
		say_at(f, "no sound KRL, at byte ", f->krl.wrong_at, f->krl.wrong);
	else if (!f->is_krl && !ka_revokedkeys_read(bytes, &w->list, &f->list))
		say_at(f, "line ", f->list.wrong_line, f->list.wrong);
}

static enum ka_err open_one(struct ka_revocation_file *f, const struct ka_permwalk_known *known, struct ka_revocation_work *w)
{
	const struct ka_permwalk_trust trust = { .owner = 0, .known = known };
	struct ka_permwalk_refusal why;
	char path[KA_PATH_TRUSTED_MAX];
	KA_AUTOCLOSE int fd = -1;
	size_t len = 0;
	enum ka_err err = ka_span_copy(f->path, path, sizeof(path)) ? ka_permwalk_open(path, &trust, &fd, &why) : KA_ERR_LIMIT;

	if (err == KA_ERR_OK && fd < 0) {
		refuse(f, &why);
		return KA_ERR_OK;
	}
	if (err == KA_ERR_LIMIT) {
		say(f, "has too long a name");
		return KA_ERR_OK;
	}
	if (err == KA_ERR_OK)
		err = read_whole(f, fd, &len);
	if (err == KA_ERR_OK)
		look_through(f, (struct ka_span){ (const uint8_t *)f->bytes, len }, w);
	else if (err != KA_ERR_NOMEM)
		say(f, err == KA_ERR_LIMIT ? "it is larger than a list of revoked keys may be" :
		       err == KA_ERR_TIMEOUT ? "it changes all the time" : "it cannot be read");
	return err == KA_ERR_NOMEM ? err : KA_ERR_OK;
}

static size_t count_words(struct ka_span text)
{
	struct ka_span word;
	size_t n = 0;

	while (ka_text_word(&text, &word))
		n++;
	return n;
}

enum ka_err ka_revocation_open(const char *paths, const struct ka_permwalk_known *known, struct ka_revocation *out)
{
	struct ka_span rest = ka_span_of(paths);
	size_t count = count_words(rest);
	enum ka_err err = KA_ERR_OK;

	*out = (struct ka_revocation){ .count = count };
	if (count == 0)
		return KA_ERR_OK;
	if (count > KA_REVOCATION_FILES_MAX)
		return KA_ERR_LIMIT;
	out->files = calloc(count, sizeof(*out->files));
	out->work = calloc(1, sizeof(*out->work));
	if (out->files == NULL || out->work == NULL)
		return KA_ERR_NOMEM;
	for (size_t i = 0; i < count && err == KA_ERR_OK && ka_text_word(&rest, &out->files[i].path); i++)
		err = open_one(&out->files[i], known, out->work);
	if (err != KA_ERR_OK)
		ka_revocation_close(out);
	out->count = count;
	return err;
}

void ka_revocation_close(struct ka_revocation *r)
{
	for (size_t i = 0; r->files != NULL && i < r->count; i++)
		free(r->files[i].bytes);
	free(r->files);
	free(r->work);
	*r = (struct ka_revocation){ .count = 0 };
}

const struct ka_revocation_file *ka_revocation_wrong(const struct ka_revocation *r)
{
	for (size_t i = 0; r->files != NULL && i < r->count; i++)
		if (r->files[i].reason != KA_REASON_NONE)
			return &r->files[i];
	return NULL;
}

/* one plain key, with what is computed of it once; the hashes only when a list asks for them */
struct asked {
	struct ka_span plain;
	const struct ka_keycert *cert; /* around it, or NULL */
	const char *of_ca;             /* what is said when it is an authority; NULL: it is the key itself */
	uint8_t sha256[KA_KRL_SHA256_LEN], sha1[KA_KRL_SHA1_LEN];
	bool has_sha1, points_are_good;
	char fp[KA_FPR_TEXT_MAX];
};

/* the worst of those in one list */
static enum ka_revocation_point points_of(const struct ka_revocation *r, const struct ka_krl *krl)
{
	enum ka_revocation_point all = KA_REVOCATION_POINT_GOOD;
	struct ka_span blob;
	struct ka_cursor c;

	ka_cursor_init(&c, krl->sections.p, krl->sections.len);
	while (all == KA_REVOCATION_POINT_GOOD && krl->has_points && ka_krl_point(&c, &blob))
		all = r->help != NULL ? r->help->point(r->help->ctx, blob) : KA_REVOCATION_POINT_UNKNOWN;
	return all;
}

/* once for all certificates */
static enum ka_revocation_point points(const struct ka_revocation *r)
{
	enum ka_revocation_point all = r->work->points;

	if (all != KA_REVOCATION_POINT_UNKNOWN)
		return all;
	all = KA_REVOCATION_POINT_GOOD;
	for (size_t i = 0; i < r->count && all == KA_REVOCATION_POINT_GOOD; i++)
		if (r->files[i].is_krl)
			all = points_of(r, &r->files[i].krl);
	return r->work->points = all;
}

static bool prepare(const struct ka_revocation *r, struct asked *a)
{
	bool wanted = false;

	_Static_assert(KA_KRL_SHA256_LEN == crypto_hash_sha256_BYTES, "the hash of section 5");
	crypto_hash_sha256(a->sha256, a->plain.p, a->plain.len);
	ka_keyfpr_text(a->plain, a->fp);
	for (size_t i = 0; i < r->count; i++)
		wanted |= r->files[i].is_krl && r->files[i].krl.has_sha1;
	a->has_sha1 = wanted && r->help != NULL && r->help->sha1(r->help->ctx, a->plain, a->sha1);
	a->points_are_good = a->cert != NULL && points(r) == KA_REVOCATION_POINT_GOOD;
	return (a->has_sha1 || !wanted) && (a->points_are_good || a->cert == NULL);
}

/* what is said beside revoked.krl; NULL: not revoked */
static const char *ask_krl(const struct ka_krl *krl, const struct asked *a)
{
	const struct ka_krl_key key = { .plain = a->plain, .sha256 = a->sha256, .sha1 = a->has_sha1 ? a->sha1 : NULL, .cert = a->cert,
					.points_are_good = a->points_are_good };

	switch (ka_krl_ask(krl, &key)) {
	case KA_KRL_FINE:
	case KA_KRL_UNKNOWN: /* only for what could not be had, which is said for all files */
		return NULL;
	case KA_KRL_KEY:
		return "the key stands there";
	case KA_KRL_SHA1:
		return "its SHA-1 fingerprint stands there";
	case KA_KRL_SHA256:
		return "its SHA-256 fingerprint stands there";
	case KA_KRL_SERIAL:
		return "the certificate's serial stands there";
	case KA_KRL_KEY_ID:
		return "the certificate's key id stands there";
	}
	return NULL;
}

static const char *ask_list(const struct ka_revocation *r, const struct ka_revokedkeys *list, const struct asked *a)
{
	const struct ka_revokedkeys_key key = { .plain = a->plain, .fp = a->fp };

	switch (ka_revokedkeys_ask(list, &key, &r->work->list)) {
	case KA_REVOKEDKEYS_FINE:
		return NULL;
	case KA_REVOKEDKEYS_KEY:
		return "the key stands there";
	case KA_REVOKEDKEYS_FINGERPRINT:
		return "its fingerprint stands there";
	case KA_REVOKEDKEYS_UNKNOWN:
		break;
	}
	return "the file could not be asked";
}

/* false: decided */
static bool ask_all(const struct ka_revocation *r, struct asked *a, struct ka_vetnote *note)
{
	bool is_known = prepare(r, a), go_on = true;

	for (size_t i = 0; i < r->count && go_on; i++) {
		const struct ka_revocation_file *f = &r->files[i];
		const char *how = f->is_krl ? ask_krl(&f->krl, a) : ask_list(r, &f->list, a);

		if (how != NULL)
			go_on = ka_vetnote_add(note, f->is_krl ? KA_REASON_REVOKED_KRL : KA_REASON_REVOKED_LIST, a->of_ca != NULL ? a->of_ca : how);
	}
	if (go_on && a->cert != NULL && r->work->points == KA_REVOCATION_POINT_BAD)
		ka_vetnote_refuse(note, KA_REASON_DATA_INVALID, "a list of revoked keys names an authority whose key is not on its curve");
	else if (go_on && !is_known)
		ka_vetnote_refuse(note, KA_REASON_KEY_NOT_JUDGED, "what a list of revoked keys wants computed, authkeys-vet did not compute");
	return go_on && is_known;
}

void ka_revocation_judge(const struct ka_revocation *r, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	const struct ka_revocation_file *wrong = ka_revocation_wrong(r);
	struct asked a = { .cert = key->is_cert ? &key->cert : NULL };
	struct ka_buf b;

	if (r->count == 0)
		return;
	if (r->files == NULL || wrong != NULL) {
		if (wrong != NULL)
			ka_vetnote_say(note, wrong->reason, wrong->text);
		ka_vetnote_refuse(note, wrong != NULL ? wrong->reason : KA_REASON_INTERNAL_ERROR, NULL);
		return;
	}
	ka_buf_init(&b, r->work->plain, sizeof(r->work->plain));
	ka_keyblob_plain(key, &b);
	a.plain = ka_buf_as_span(&b);
	if (b.overflow || a.plain.len == 0) {
		ka_vetnote_refuse(note, KA_REASON_INTERNAL_ERROR, NULL);
		return;
	}
	if (!ask_all(r, &a, note) || !key->is_cert)
		return;
	a = (struct asked){ .plain = key->cert.ca, .of_ca = "the authority of the certificate stands there" };
	ask_all(r, &a, note);
}
