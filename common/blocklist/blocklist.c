/* All lists of a run. It must never pass over a list because another one knows nothing of the key. */
#include "blocklist/blocklist.h"

#include "base/text.h"

#include "base/poison.h"

static enum ka_reason trouble_of(const struct ka_blockfile *f, const struct ka_blocklist_policy *p, int64_t now)
{
	switch (f->state) {
	case KA_BLOCKFILE_MISSING:
		return KA_REASON_DATA_MISSING;
	case KA_BLOCKFILE_INVALID:
		return KA_REASON_DATA_INVALID;
	case KA_BLOCKFILE_OPEN:
		break;
	}
	return p->max_age_sec > 0 && now - f->written > (int64_t)p->max_age_sec ? KA_REASON_DATA_STALE : KA_REASON_NONE;
}

void ka_blocklist_open(const struct ka_blocklist_policy *p, int64_t now, struct ka_blocklist *out)
{
	struct ka_span rest = ka_span_of(p->paths), path;

	out->count = 0;
	if (p->paths[0] == '\0') /* pages that nothing is written to cost nothing */
		return;
	out->is_required = p->is_required;
	out->words.count = 0;
	out->said = &out->words;
	while (out->count < KA_BLOCKLIST_FILES_MAX && ka_text_word(&rest, &path)) {
		struct ka_blocklist_file *f = &out->files[out->count++];

		f->data = (struct ka_blockfile){ .state = KA_BLOCKFILE_INVALID, .wrong = "its path is too long" };
		if (ka_span_copy(path, f->path, sizeof(f->path)))
			ka_blockfile_open(f->path, &f->data);
		f->trouble = trouble_of(&f->data, p, now);
	}
}

void ka_blocklist_close(struct ka_blocklist *b)
{
	for (size_t i = 0; i < b->count; i++)
		ka_blockfile_close(&b->files[i].data);
	b->count = 0;
}

const struct ka_blocklist_file *ka_blocklist_wrong(const struct ka_blocklist *b)
{
	for (size_t i = 0; i < b->count && b->is_required; i++)
		if (b->files[i].trouble != KA_REASON_NONE)
			return &b->files[i];
	return NULL;
}

void ka_blocklist_why(const struct ka_blocklist_file *f, struct ka_buf *out)
{
	ka_text_escape(out, ka_span_of(f->path), 0, KA_CONFWHY_PATH_SHOWN_MAX);
	if (f->trouble == KA_REASON_DATA_MISSING)
		ka_buf_text(out, ": is not there");
	else if (f->trouble == KA_REASON_DATA_STALE)
		ka_buf_text(out, ": it was written longer ago than blocklist_max_age allows");
	else {
		ka_buf_text(out, ": ");
		ka_buf_text(out, f->data.wrong != NULL ? f->data.wrong : KA_BLOCKLIST_NO_ORDER);
	}
	ka_buf_text(out, "; mend: keyaudit blocklist update");
}

/* read once: what is in a verdict must stay */
static const char *name_of(const struct ka_blocklist *b, size_t file, uint8_t list)
{
	struct ka_blocklist_said *s = b->said;

	for (size_t i = 0; i < s->count; i++)
		if (s->words[i].file == file && s->words[i].list == list)
			return s->words[i].name;
	if (s->count == KA_BLOCKLIST_SAID_MAX)
		return "blocklist";
	s->words[s->count].file = (uint8_t)file;
	s->words[s->count].list = list;
	ka_blocknames_read(b->files[file].path, list, s->words[s->count].name);
	return s->words[s->count++].name;
}

/* what is wrong with the data, as the policy has it */
static void complain(const struct ka_blocklist *b, enum ka_reason reason, const char *path, struct ka_vetnote *note)
{
	if (b->is_required)
		ka_vetnote_add(note, reason, path);
	else
		ka_vetnote_warn(note, reason, path);
}

void ka_blocklist_judge(const struct ka_blocklist *b, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	uint8_t hash[KA_BKHASH_LEN], list = 0;
	enum ka_reason trouble[KA_BLOCKLIST_FILES_MAX] = { KA_REASON_NONE };

	if (b->count == 0 || !ka_bkhash(key, hash))
		return;
	for (size_t i = 0; i < b->count && !note->over; i++) {
		enum ka_blockfile_found found = b->files[i].data.state == KA_BLOCKFILE_OPEN ? ka_blockfile_find(&b->files[i].data, hash, &list) : KA_BLOCKFILE_NO;

		trouble[i] = found == KA_BLOCKFILE_DAMAGED ? KA_REASON_DATA_INVALID : b->files[i].trouble;
		if (found == KA_BLOCKFILE_YES)
			ka_vetnote_add(note, KA_REASON_KEY_KNOWN_COMPROMISED, name_of(b, i, list));
	}
	for (size_t i = 0; i < b->count && !note->over; i++)
		if (trouble[i] != KA_REASON_NONE)
			complain(b, trouble[i], b->files[i].path, note);
}
