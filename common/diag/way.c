/* The way in. One function says what was seen at each place; how it stands is read off the candidates. Pure. */
#include "diag/way.h"

#include <string.h>

#include "base/text.h"
#include "diag/facts.h"
#include "diag/primary.h"

#include "base/poison.h"

/* a place that sshd passes: which candidates belong to it, and what was seen there; false: nobody looked */
struct place {
	const char *what;
	const char *const *ids; /* reasons, or "family." for all of one */
	bool (*say)(const struct ka_facts *f, struct ka_buf *b);
};

static void put_value(struct ka_buf *b, const struct ka_facts *f, const char *keyword)
{
	struct ka_span value = ka_sshdconf_value(&f->sshd, keyword);

	ka_buf_text(b, keyword);
	ka_buf_char(b, ' ');
	ka_buf_span(b, ka_span_sub(value, 0, KA_WAY_TEXT_MAX / 4));
}

static bool is_set(const struct ka_facts *f, const char *keyword)
{
	struct ka_span value = ka_sshdconf_value(&f->sshd, keyword);

	return value.len > 0 && !ka_span_is(value, "none") && !ka_span_is(value, "any");
}

static bool say_sshd(const struct ka_facts *f, struct ka_buf *b)
{
	if (f->sshd.is_known)
		put_value(b, f, "PubkeyAuthentication");
	else
		ka_buf_text(b, "did not tell its configuration");
	return f->sshd.is_known;
}

static bool say_account(const struct ka_facts *f, struct ka_buf *b)
{
	if (f->account == KA_FACTS_ACCOUNT_UNKNOWN) {
		ka_buf_text(b, "there is none of this name");
		return true;
	}
	ka_buf_text(b, "uid ");
	ka_buf_u64(b, f->uid);
	ka_buf_text(b, ", home ");
	ka_buf_text(b, f->home);
	return true;
}

/* every value of each list, as sshd has it for this user */
static bool say_lists(const struct ka_facts *f, struct ka_buf *b)
{
	static const char *const lists[] = { "DenyUsers", "AllowUsers", "DenyGroups", "AllowGroups" };
	size_t start = b->len;

	for (size_t i = 0; i < KA_ARRAY_LEN(lists); i++) {
		struct ka_span value;
		size_t at = 0, n = 0;

		while (ka_sshdconf_next(&f->sshd, lists[i], &at, &value) && b->len < KA_WAY_TEXT_MAX / 2) {
			if (n++ == 0) {
				ka_buf_text(b, b->len > start ? ", " : "");
				ka_buf_text(b, lists[i]);
			}
			ka_buf_char(b, ' ');
			ka_buf_span(b, ka_span_sub(value, 0, 64));
		}
	}
	if (b->len == start)
		ka_buf_text(b, f->sshd.is_known ? "none is set" : "not known");
	return f->sshd.is_known;
}

static bool say_method(const struct ka_facts *f, struct ka_buf *b)
{
	if (f->sshd.is_known && is_set(f, "AuthenticationMethods"))
		put_value(b, f, "AuthenticationMethods");
	else
		ka_buf_text(b, f->sshd.is_known ? "publickey alone is enough" : "not known");
	return f->sshd.is_known;
}

static bool say_revoked(const struct ka_facts *f, struct ka_buf *b)
{
	if (f->sshd.is_known && is_set(f, "RevokedKeys"))
		put_value(b, f, "RevokedKeys");
	else
		ka_buf_text(b, f->sshd.is_known ? "none" : "not known");
	return f->sshd.is_known;
}

static bool say_ca(const struct ka_facts *f, struct ka_buf *b)
{
	if (is_set(f, "TrustedUserCAKeys"))
		put_value(b, f, "TrustedUserCAKeys");
	return true;
}

static bool say_command(const struct ka_facts *f, struct ka_buf *b)
{
	if (f->sshd.is_known && f->sshd.command[0] == '\0') {
		ka_buf_text(b, "none: sshd asks no key store");
		return true;
	}
	if (!f->asks_us) { /* what it would say is its own affair */
		ka_buf_text(b, f->sshd.command);
		return true;
	}
	if (!f->sources.is_asked) {
		ka_buf_text(b, "keyaudit, not asked");
		return false;
	}
	ka_buf_u64(b, f->sources.keys);
	ka_buf_text(b, f->sources.keys == 1 ? " key for this user" : " keys for this user");
	if (f->sources.unasked > 0) {
		ka_buf_text(b, ", ");
		ka_buf_u64(b, f->sources.unasked);
		ka_buf_text(b, f->sources.unasked == 1 ? " source was not asked" : " sources were not asked");
	}
	return f->sources.unasked == 0;
}

static bool say_pam(const struct ka_facts *f, struct ka_buf *b)
{
	if (!f->sshd.use_pam) {
		ka_buf_text(b, f->sshd.is_known ? "UsePAM no" : "not known");
		return f->sshd.is_known;
	}
	ka_buf_text(b, "service ");
	ka_buf_text(b, f->sshd.pam_service);
	if (!f->pam.is_known)
		ka_buf_text(b, ", whose stack was not looked at");
	return f->pam.is_known;
}

#define IDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* before the key files ... */
static const struct place before[] = {
	{ "sshd", IDS("conn.", "sshd.config-shadowed", "sshd.config-stale", "sshd.pubkey-disabled"), say_sshd },
	{ "account", IDS("account."), say_account },
	{ "allow lists", IDS("sshd.user-denied", "sshd.user-not-allowed", "sshd.group-denied", "sshd.group-not-allowed"), say_lists },
	{ "method", IDS("sshd.methods-exclude-key", "sshd.methods-impossible", "sshd.more-methods-needed", "sshd.key-reused", "sshd.algorithm-unknown",
			"sshd.algorithm-not-accepted", "sshd.rsa-sha1", "sshd.rsa-too-short", "sshd.key-malformed", "cert.signature-algorithm"), say_method },
	{ "revoked keys", IDS("sshd.key-revoked", "sshd.revoked-file-unreadable", "cert.ca-revoked"), say_revoked },
	{ "home", IDS("file.home-missing", "file.nfs-denied", "file.selinux-label"), NULL },
};

/* ... and behind them */
static const struct place behind[] = {
	{ "trusted CAs", IDS("cert."), say_ca },
	{ "key store", IDS("cmd.", "store.", "conf.", "policy.", "revoked.", "data.", "internal.", "key."), say_command },
	{ "PAM", IDS("pam."), say_pam },
	{ "login", IDS("sshd.root-login-no", "sshd.root-command-only", "sshd.chroot-unsafe", "sig.", "client."), NULL },
};

static bool belongs(const struct place *place, const struct ka_primary_item *item)
{
	const char *id = ka_reason_id(item->reason);

	if (item->file != NULL)
		return false; /* that is the file's own line */
	for (size_t i = 0; place->ids[i] != NULL; i++) {
		size_t n = strlen(place->ids[i]);

		if (place->ids[i][n - 1] == '.' ? strncmp(id, place->ids[i], n) == 0 : strcmp(id, place->ids[i]) == 0)
			return true;
	}
	return false;
}

/* what stands there now is told by how it would be refused; a key that is nowhere is no fault of the place */
static void take(const struct ka_primary_item *item, struct ka_way_line *line)
{
	enum ka_way_state state = item->class == KA_CLASS_SECONDARY ? KA_WAY_WARN : item->class == KA_CLASS_ABSENT ? KA_WAY_OK : KA_WAY_BAD;

	if (state <= line->state)
		return;
	line->state = state;
	line->reason = item->reason;
}

static struct ka_way_line *add(struct ka_way *out, const char *what)
{
	struct ka_way_line *line;
	struct ka_span text = ka_span_of(what);

	if (out->count == KA_WAY_LINES_MAX)
		return NULL;
	line = &out->line[out->count++];
	line->file = -1;
	if (!ka_span_copy(text, line->what, sizeof(line->what))) /* the end of a long path tells more than its start */
		ka_span_copy(ka_span_sub(text, text.len - (sizeof(line->what) - 1), text.len), line->what, sizeof(line->what));
	return line;
}

static void set_stat(struct ka_way_line *line, uint32_t mode, uint32_t uid, uint32_t gid)
{
	line->has_stat = true;
	line->mode = mode;
	line->uid = uid;
	line->gid = gid;
}

static bool say_home(const struct ka_facts *f, struct ka_way_line *line, struct ka_buf *b)
{
	const struct ka_userfiles_home *home = &f->files.home;

	if (f->account == KA_FACTS_ACCOUNT_UNKNOWN) {
		ka_buf_text(b, "none, without an account");
		return false;
	}
	if (!f->has_files || home->errnum != 0)
		ka_buf_text(b, f->has_files ? "cannot be looked at: " : "was not looked at: ");
	else
		set_stat(line, home->mode, home->uid, home->gid);
	ka_buf_text(b, f->home);
	return line->has_stat;
}

static void put_place(const struct ka_facts *f, const struct ka_primary *p, const struct place *place, struct ka_way *out)
{
	bool is_home = strcmp(place->what, "home") == 0, is_seen = true;
	struct ka_way_line *line = add(out, place->what);
	struct ka_buf b;

	if (line == NULL)
		return;
	ka_buf_init_array(&b, line->text);
	if (is_home)
		is_seen = say_home(f, line, &b);
	else if (place->say != NULL)
		is_seen = place->say(f, &b);
	line->state = is_seen ? KA_WAY_OK : KA_WAY_UNKNOWN;
	for (size_t i = 0; i < p->count; i++)
		if (belongs(place, &p->items[i]))
			take(&p->items[i], line);
	for (size_t i = 0; i < p->count && is_home; i++) /* modes of the home itself are found on the way to a file */
		if (p->items[i].file != NULL && p->items[i].file->perm_reason == (uint32_t)p->items[i].reason &&
		    strcmp(p->items[i].file->perm.path, f->home) == 0)
			take(&p->items[i], line);
	if (line->state == KA_WAY_OK && line->text[0] == '\0')
		out->count--; /* nothing to say */
}

static void say_file(const struct ka_userfile *file, struct ka_way_line *line, struct ka_buf *b)
{
	if (file->own.path[0] == '\0') {
		ka_buf_text(b, file->errnum == 0 ? "was not looked at" : "is not there");
		line->state = file->errnum == 0 ? KA_WAY_UNKNOWN : KA_WAY_OK;
		return;
	}
	set_stat(line, file->own.mode, file->own.uid, file->own.gid);
	if (file->is_read == 0) {
		ka_buf_text(b, "was not read");
		line->state = KA_WAY_UNKNOWN;
		return;
	}
	ka_buf_u64(b, file->scan.usable);
	ka_buf_text(b, file->scan.usable == 1 ? " key" : " keys");
	if (file->scan.damaged > 0) {
		ka_buf_text(b, ", ");
		ka_buf_u64(b, file->scan.damaged);
		ka_buf_text(b, " damaged");
	}
}

static void put_file(const struct ka_facts *f, const struct ka_primary *p, size_t i, struct ka_way *out)
{
	const struct ka_userfile *file = &f->files.files[i];
	struct ka_way_line *line = add(out, file->path);
	struct ka_buf b;

	if (line == NULL)
		return;
	line->file = (int)i;
	ka_buf_init_array(&b, line->text);
	say_file(file, line, &b);
	for (size_t n = 0; n < p->count; n++)
		if (p->items[n].file == file)
			take(&p->items[n], line);
}

/* where a login is not refused nothing has failed on its way, whatever else is wrong there */
static void calm(struct ka_way *out)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->line[i].state == KA_WAY_BAD)
			out->line[i].state = KA_WAY_WARN;
}

void ka_way_make(const struct ka_facts *f, const struct ka_primary *p, struct ka_way *out)
{
	int offer;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < KA_ARRAY_LEN(before); i++)
		put_place(f, p, &before[i], out);
	for (size_t i = 0; i < f->files.count && f->has_files; i++)
		put_file(f, p, i, out);
	for (size_t i = 0; i < KA_ARRAY_LEN(behind); i++)
		put_place(f, p, &behind[i], out);
	if (ka_primary_choose(p, f->offers_count, &offer) == NULL)
		calm(out);
}
