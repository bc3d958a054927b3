/* The place for a key. It must never send anybody to a file that sshd and its command do not read. */
#include "diag/mendplace.h"

#include <string.h>

#include "base/text.h"
#include "source/sourcepath.h"

#include "base/poison.h"

struct place {
	char path[KA_TEXT_PATH_MAX]; /* "": none */
	bool is_dir;                 /* of *.pub files */
};

static const struct ka_userfile *configured_file(const struct ka_facts *f, size_t from)
{
	for (size_t i = from; i < f->files.count && f->has_files; i++)
		if (f->files.files[i].entry != UINT32_MAX)
			return &f->files.files[i];
	return NULL;
}

/* does sshd read the file that ssh-copy-id writes? */
static bool is_copy_read(const struct ka_facts *f)
{
	char usual[KA_TEXT_PATH_MAX];
	struct ka_buf b;

	if (!f->has_files)
		return !f->sshd.is_known || f->sshd.files_count > 0; /* not known, so nothing better can be said */
	ka_buf_init_array(&b, usual);
	ka_buf_text(&b, f->home);
	ka_buf_text(&b, "/.ssh/authorized_keys");
	for (size_t i = 0; i < f->files.count; i++)
		if (f->files.files[i].entry != UINT32_MAX && !b.overflow && strcmp(f->files.files[i].path, usual) == 0)
			return true;
	return false;
}

/* the first file or directory of the first source that has any, for this user */
static bool find_source(const struct ka_facts *f, struct place *out)
{
	const struct ka_conf *conf = &f->command.conf;
	char uid[KA_TEXT_U64_MAX], path[KA_PATH_TRUSTED_MAX];
	struct ka_source_query query = { .user = f->subject->user };
	struct ka_span rest, entry;
	size_t i = 0;

	if (!f->asks_us || f->command.load.reason != KA_REASON_NONE || conf->sources_count == 0)
		return false;
	while (i + 1 < conf->sources_count && conf->sources[i].kind != KA_CONF_KIND_FILE)
		i++;
	if (f->account == KA_FACTS_ACCOUNT_KNOWN) {
		ka_text_u64(f->uid, uid);
		query.uid = uid;
		query.home = f->home;
	}
	rest = ka_span_of(conf->sources[i].kind == KA_CONF_KIND_FILE ? conf->sources[i].path : "");
	if (!ka_text_word(&rest, &entry) || !ka_sourcepath_expand(entry, &query, path))
		return false;
	out->is_dir = path[strlen(path) - 1] == '/';
	return ka_span_copy(ka_span_of(path), out->path, sizeof(out->path));
}

static void find_place(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct place *out)
{
	const struct ka_userfile *first = configured_file(f, 0);

	*out = (struct place){ .is_dir = false };
	if (item->file != NULL && e->path[0] != '\0')
		ka_span_copy(ka_span_of(e->path), out->path, sizeof(out->path));
	else if (!find_source(f, out) && first != NULL)
		ka_span_copy(ka_span_of(first->path), out->path, sizeof(out->path));
}

void ka_mendplace_make(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out)
{
	bool is_copy = strstr(ka_reason_fix(item->reason), "ssh-copy-id") != NULL, is_offer = item->reason == KA_REASON_KEY_NOT_LISTED;
	struct ka_fix_words words = { .line = e->line, .file = e->path[0] != '\0' ? e->path : NULL };
	struct place place;

	if (is_copy && e->line > 0 && (item->key != NULL || !is_copy_read(f))) {
		ka_fix_template(out, "Replace LINE of FILE by the content of the client's public key file (ssh-keygen -y -f KEY)", &words);
		return;
	}
	if (item->reason != KA_REASON_STORE_NO_KEYS && (!is_copy || is_copy_read(f)))
		return;
	find_place(f, item, e, &place);
	words = (struct ka_fix_words){ .file = place.path, .dir = place.path };
	if (place.path[0] == '\0') {
		if (is_copy)
			ka_fix_advice(out, "Here sshd reads no key file and asks no source that we know: look at AuthorizedKeysFile and "
					   "AuthorizedKeysCommand (sshd -T)");
	} else if (place.is_dir) {
		ka_fix_template(out, is_offer ? "Put the client's public key file into DIR, with a name that ends in .pub, or offer the right key with -i" :
						"Put the client's public key file into DIR, with a name that ends in .pub", &words);
	} else {
		ka_fix_template(out, is_offer ? "Add the content of the client's public key file (ssh-keygen -y -f KEY) to FILE, or offer the right key with -i" :
						"Add the content of the client's public key file (ssh-keygen -y -f KEY) to FILE", &words);
	}
}
