/* The order of a publication. MUST: touch nothing in --to before everything is made, signed and verified. */
#include "keyaudit/publish/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/publish/pubput.h"
#include "keyaudit/publish/pubserial.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/sign/signtext.h"

#include "base/poison.h"

#define TOMBSTONE_HOSTS "*" /* taking away is for everybody */

static int fail(struct ka_publish *p, const char *about, const char *what)
{
	ka_pubshow_problem(p, about, what);
	return KA_EXIT_UNDECIDED;
}

static int fail_errno(struct ka_publish *p, const char *about, const char *what)
{
	char text[160];
	struct ka_buf b;
	const char *name = strerrorname_np(errno);

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, what);
	ka_buf_text(&b, " (");
	ka_buf_text(&b, name != NULL ? name : "?");
	ka_buf_char(&b, ')');
	return fail(p, about, text);
}

static void wrong_name(void *ctx, const char *file)
{
	ka_pubshow_problem(ctx, file, "no user can be called so; in --from each file is one user's: USER, USER.keys or USER.pub");
}

static int list_users(struct ka_publish *p)
{
	enum ka_err err = ka_publist_sources(&p->list, p->from, wrong_name, p);

	if (err == KA_ERR_OK && p->to >= 0)
		err = ka_publist_published(&p->list, p->to);
	if (err == KA_ERR_LIMIT)
		return fail(p, p->from_path, "too many users for one folder");
	if (err != KA_ERR_OK)
		return fail_errno(p, "", "the folders cannot be listed");
	ka_publist_merge(&p->list);
	for (size_t i = 0; i < p->list.count; i++)
		if (p->list.users[i].rival != NULL)
			ka_pubshow_problem(p, p->list.users[i].rival, "a second file of the same user");
	return KA_EXIT_FINE;
}

static int read_published(struct ka_publish *p)
{
	struct ka_pubold_work *o = &p->old;

	if (p->to < 0)
		return KA_EXIT_FINE;
	o->dir = p->to;
	o->keys = p->how.keys;
	o->keys_count = p->how.keys_count;
	ka_pubshow_stage(&p->show, "reading", p->list.count);
	for (size_t i = 0; i < p->list.count; i++) {
		struct ka_pubuser *u = &p->list.users[i];

		if (u->old.is_there && ka_pubold_user(o, u) != KA_ERR_OK)
			return fail_errno(p, u->name, "the document that is published cannot be read");
		ka_pubshow_done(&p->show, i + 1);
	}
	if (ka_pubold_list(o, KA_PUBLISH_INDEX, KA_SIGNEDDOC_INDEX, &p->old_index) != KA_ERR_OK ||
	    ka_pubold_list(o, KA_PUBLISH_REVOKED, KA_SIGNEDDOC_REVOKED, &p->old_revoked) != KA_ERR_OK)
		return fail_errno(p, p->to_path, "the lists that are published cannot be read");
	return KA_EXIT_FINE;
}

static void put_head(struct ka_publish *p, enum ka_signeddoc_kind kind, const char *user, const char *hosts, int64_t expires)
{
	struct ka_signtext_head h = {
		.kind = kind, .user = ka_span_of(user), .hosts = ka_span_of(hosts), .serial = p->serial, .issued = p->terms.now,
		.expires = expires,
	};

	ka_buf_init(&p->text, p->room, KA_PUBLISH_ROOM);
	ka_signtext_head(&h, &p->text);
}

/* the text in p->text gets its number; in a dry run only the number */
static bool add_text(struct ka_publish *p, size_t *number)
{
	if (ka_buf_check(&p->text) != KA_ERR_OK)
		return false;
	if (!p->dry_run && ka_signwork_add(&p->work, ka_buf_as_span(&p->text)) != KA_ERR_OK)
		return false;
	p->work.count += p->dry_run;
	*number = p->work.count;
	return true;
}

/* vet one user's keys; @body has the lines */
static bool lint_user(struct ka_publish *p, struct ka_pubuser *u, struct ka_buf *body)
{
	char label[KA_PATH_TRUSTED_MAX];
	enum ka_plainfile_answer got;
	struct ka_buf b;

	ka_buf_init_array(&b, label);
	ka_buf_text(&b, p->from_path);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, u->source);
	p->lint.user = u->name;
	got = ka_publint_file(&p->lint, p->from, u->source, label, body);
	if (got != KA_PLAINFILE_READ)
		ka_pubshow_problem(p, label, ka_plainfile_text(got));
	else if (body->overflow || body->len + KA_PUBLISH_HEAD_MAX + p->how.keys_count * KA_PUBLISH_BLOCK_MAX > KA_SIGNED_DOC_MAX)
		ka_pubshow_problem(p, label, "more than a document holds (256 KiB)");
	else if (p->lint.keys > KA_SIGNED_LINES_MAX)
		ka_pubshow_problem(p, label, "more keys than a document holds (1000)");
	else
		u->keys = p->lint.keys;
	ka_pubplan_content(ka_span_of(p->hosts), ka_buf_as_span(body), u->content);
	return p->lint.err == KA_ERR_OK;
}

static int plan_user(struct ka_publish *p, struct ka_pubuser *u, struct ka_buf *body)
{
	bool is_gone = u->source == NULL;

	ka_buf_cut(body, 0);
	if (!is_gone && !lint_user(p, u, body))
		return fail_errno(p, u->source, "the findings cannot be written");
	u->plan = ka_pubplan_of(u, &p->terms);
	p->planned[u->plan]++;
	if (u->plan == KA_PUBPLAN_ALIEN)
		ka_pubshow_note(p, u->name, "what is published as this user's keys is no document; left alone");
	if (u->plan != KA_PUBPLAN_WRITE && u->plan != KA_PUBPLAN_EMPTY)
		return KA_EXIT_FINE;
	put_head(p, KA_SIGNEDDOC_KEYS, u->name, is_gone ? TOMBSTONE_HOSTS : p->hosts, ka_pubplan_expires(u, &p->terms));
	ka_buf_span(&p->text, ka_buf_as_span(body));
	return add_text(p, &u->number) ? KA_EXIT_FINE : fail_errno(p, p->to_path, "cannot be written");
}

static int plan_users(struct ka_publish *p)
{
	KA_AUTOFREE char *room = malloc(KA_SIGNED_DOC_MAX + 1);
	int status = KA_EXIT_FINE;
	struct ka_buf body;

	if (room == NULL)
		return fail(p, "", "no memory");
	ka_buf_init(&body, room, KA_SIGNED_DOC_MAX + 1);
	ka_pubshow_stage(&p->show, "vetting", p->list.count);
	for (size_t i = 0; i < p->list.count && status == KA_EXIT_FINE; i++) {
		char name[KA_PUBLISH_NAME_MAX];

		ka_pubold_name(p->list.users[i].name, name);
		if (name[0] == '\0')
			ka_pubshow_problem(p, p->list.users[i].name, "too long a name for a file");
		status = plan_user(p, &p->list.users[i], &body);
		ka_pubshow_done(&p->show, i + 1);
	}
	ka_pubshow_clear(&p->show);
	return status;
}

static void look_at_removals(struct ka_publish *p)
{
	size_t gone = 0, had = 0;
	char text[200];
	struct ka_buf b;

	for (size_t i = 0; i < p->list.count; i++) {
		const struct ka_pubuser *u = &p->list.users[i];

		had += u->old.is_document && u->old.has_keys;
		gone += u->plan == KA_PUBPLAN_EMPTY && u->old.has_keys;
	}
	if (gone <= (p->removed_max != SIZE_MAX ? p->removed_max : ka_pubplan_removed_max(had)))
		return;
	ka_buf_init_array(&b, text);
	ka_buf_u64(&b, gone);
	ka_buf_text(&b, " of ");
	ka_buf_u64(&b, had);
	ka_buf_text(&b, " users have no file there any more: is it complete? --max-removed allows it");
	ka_pubshow_problem(p, p->from_path, text);
}

static int plan_revoked(struct ka_publish *p)
{
	uint8_t content[32];
	size_t head;

	if (p->revoked == NULL) {
		if (p->old_revoked.is_there)
			ka_pubshow_note(p, KA_PUBLISH_REVOKED, "is published, and --revoked is not given: it stays, and expires");
		return KA_EXIT_FINE;
	}
	put_head(p, KA_SIGNEDDOC_REVOKED, "", p->hosts, p->terms.now + p->terms.life);
	head = p->text.len;
	ka_pubrevoked_put(p->revoked, &p->text);
	ka_pubplan_content(ka_span_of(p->hosts), ka_span_sub(ka_buf_as_span(&p->text), head, SIZE_MAX), content);
	if (p->old_revoked.is_ours)
		p->lost = ka_pubrevoked_lacks(p->revoked, p->old_revoked.body);
	if (p->lost > 0)
		ka_pubshow_note(p, KA_PUBLISH_REVOKED, "fingerprints that were revoked are so no more");
	if (p->old_revoked.is_ours && memcmp(content, p->old_revoked.content, sizeof(content)) == 0 &&
	    !ka_pubplan_is_due(p->old_revoked.expires, &p->terms))
		return KA_EXIT_FINE;
	if (p->text.overflow || p->text.len + p->how.keys_count * KA_PUBLISH_BLOCK_MAX > KA_SIGNED_BULK_MAX)
		return fail(p, KA_PUBLISH_REVOKED, "more than a list holds (4 MiB)");
	return add_text(p, &p->revoked_number) ? KA_EXIT_FINE : fail_errno(p, p->to_path, "cannot be written");
}

static int sign(struct ka_publish *p, const char *stage, size_t count)
{
	enum ka_err err;

	ka_pubshow_stage(&p->show, stage, count * p->how.keys_count);
	err = ka_signwork_sign(&p->work, &p->how);
	ka_pubshow_clear(&p->show);
	if (err == KA_ERR_CRYPTO)
		return fail(p, "", "ssh-keygen did not sign");
	return err == KA_ERR_OK ? KA_EXIT_FINE : fail_errno(p, KA_PATH_KEYGEN, "cannot be run");
}

static int make(struct ka_publish *p, const char *about, size_t number, enum ka_signeddoc_kind kind, uint8_t *sha256)
{
	switch (ka_pubput_make(p, number, kind, sha256)) {
	case KA_ERR_OK:
		return KA_EXIT_FINE;
	case KA_ERR_CRYPTO:
		return fail(p, about, "the signature that ssh-keygen made does not hold");
	case KA_ERR_LIMIT:
		return fail(p, about, "larger than a document may be");
	default:
		return fail_errno(p, about, "cannot be written");
	}
}

static int make_users(struct ka_publish *p)
{
	int status = KA_EXIT_FINE;

	ka_pubshow_stage(&p->show, "checking", p->list.count);
	for (size_t i = 0; i < p->list.count && status == KA_EXIT_FINE; i++) {
		struct ka_pubuser *u = &p->list.users[i];

		u->serial = u->number > 0 ? p->serial : u->old.serial;
		memcpy(u->sha256, u->old.sha256, sizeof(u->sha256));
		if (u->number > 0 && !p->dry_run)
			status = make(p, u->name, u->number, KA_SIGNEDDOC_KEYS, u->sha256);
		ka_pubshow_done(&p->show, i + 1);
	}
	if (status == KA_EXIT_FINE && p->revoked_number > 0 && !p->dry_run)
		status = make(p, KA_PUBLISH_REVOKED, p->revoked_number, KA_SIGNEDDOC_REVOKED, NULL);
	return status;
}

static void put_index(const struct ka_publish *p, struct ka_buf *out)
{
	for (size_t i = 0; i < p->list.count; i++) {
		const struct ka_pubuser *u = &p->list.users[i];
		char sha256[2 * sizeof(u->sha256) + 1];

		if (u->plan != KA_PUBPLAN_KEEP && u->plan != KA_PUBPLAN_WRITE)
			continue;
		ka_text_hex(u->sha256, sizeof(u->sha256), sha256, sizeof(sha256));
		ka_buf_text(out, u->name);
		ka_buf_char(out, ' ');
		ka_buf_u64(out, u->serial);
		ka_buf_char(out, ' ');
		ka_buf_text(out, sha256);
		ka_buf_char(out, '\n');
	}
}

static int make_index(struct ka_publish *p)
{
	uint8_t content[32];
	size_t head;
	int status;

	put_head(p, KA_SIGNEDDOC_INDEX, "", p->hosts, p->terms.now + p->terms.life);
	head = p->text.len;
	put_index(p, &p->text);
	ka_pubplan_content(ka_span_of(p->hosts), ka_span_sub(ka_buf_as_span(&p->text), head, SIZE_MAX), content);
	if (p->old_index.is_ours && memcmp(content, p->old_index.content, sizeof(content)) == 0 &&
	    !ka_pubplan_is_due(p->old_index.expires, &p->terms))
		return KA_EXIT_FINE;
	if (p->text.overflow || p->text.len + p->how.keys_count * KA_PUBLISH_BLOCK_MAX > KA_SIGNED_BULK_MAX)
		return fail(p, KA_PUBLISH_INDEX, "more users than an index holds (4 MiB): split them into several folders");
	if (!ka_pubserial_may_make(p))
		return KA_EXIT_FINDINGS;
	if (!add_text(p, &p->index_number))
		return fail_errno(p, p->to_path, "cannot be written");
	if (p->dry_run)
		return KA_EXIT_FINE;
	status = sign(p, "index", 1);
	return status == KA_EXIT_FINE ? make(p, KA_PUBLISH_INDEX, p->index_number, KA_SIGNEDDOC_INDEX, NULL) : status;
}

static int begin(struct ka_publish *p)
{
	struct stat a, b;
	bool is_closed;

	p->room = malloc(KA_PUBLISH_ROOM);
	if (p->room == NULL)
		return fail(p, "", "no memory");
	if (fstat(p->from, &a) != 0 || (p->to >= 0 && fstat(p->to, &b) != 0))
		return fail_errno(p, p->from_path, "cannot be looked at");
	if (p->to >= 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return fail(p, p->to_path, "--from and --to are the same folder");
	if (p->dry_run)
		return KA_EXIT_FINE;
	switch (ka_signwork_open_in(p->to, KA_PUBLISH_WORK, &p->work)) {
	case KA_ERR_OK:
		return KA_EXIT_FINE;
	case KA_ERR_TIMEOUT:
		fail(p, p->to_path, "another publication is at work there");
		return KA_EXIT_TEMPORARY;
	default:
		is_closed = errno == EACCES || errno == EPERM;
		fail_errno(p, p->to_path, "cannot be written");
		return is_closed ? KA_EXIT_NOPERM : KA_EXIT_UNDECIDED;
	}
}

static int plan(struct ka_publish *p)
{
	int status = list_users(p);

	if (status == KA_EXIT_FINE)
		status = read_published(p);
	if (status == KA_EXIT_FINE)
		ka_pubserial_choose(p);
	if (status == KA_EXIT_FINE)
		status = plan_users(p);
	if (status == KA_EXIT_FINE)
		look_at_removals(p);
	if (status == KA_EXIT_FINE)
		status = plan_revoked(p);
	if (status != KA_EXIT_FINE)
		return status;
	if (p->lint.refused > 0 && p->lint.refused_is == KA_PUBLINT_STOP)
		ka_pubshow_problem(p, "", "keys were refused: mend them, or --refused=leave-out");
	if (p->work.count > 0)
		(void)!ka_pubserial_may_make(p);
	ka_pubput_look(p);
	return p->problems > 0 ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

int ka_publish_run(struct ka_publish *p)
{
	int status = begin(p);

	if (status == KA_EXIT_FINE)
		status = plan(p);
	if (status == KA_EXIT_FINE && !p->dry_run)
		status = sign(p, "signing", p->work.count);
	if (status == KA_EXIT_FINE)
		status = make_users(p);
	if (status == KA_EXIT_FINE)
		status = make_index(p);
	if (status != KA_EXIT_FINE || p->dry_run)
		return status;
	ka_pubshow_stage(&p->show, "moving", p->list.count);
	if (p->work.count > 0 || p->planned[KA_PUBPLAN_DROP] > 0)
		if (ka_pubput_move(p) != KA_ERR_OK)
			return fail_errno(p, p->to_path, "cannot be written; the folder is consistent, run it again");
	return KA_EXIT_FINE;
}

void ka_publish_free(struct ka_publish *p)
{
	ka_signwork_close(&p->work);
	ka_publist_free(&p->list);
	free(p->old_index.bytes);
	free(p->old_revoked.bytes);
	free(p->room);
}
