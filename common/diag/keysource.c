/* Reading our own sources for the diagnosis: the same files, the same trust, the same judge as the command. */
#include "diag/keysource.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/username.h"
#include "diag/othersource.h"
#include "key/keyline.h"
#include "source/sourcefile.h"
#include "vet/vetconf.h"

#include "base/poison.h"

struct look {
	const struct ka_keysource_query *query;
	struct ka_keysource *out;
	struct ka_vetpolicy policy;
	struct ka_keyline line;
	uint8_t blob[KA_BLOB_MAX];
};

static void take_line(struct look *l, const char *path, unsigned number)
{
	struct ka_vet_when when = { .now_sec = l->query->now_sec, .local_offset_sec = l->query->local_offset_sec };
	struct ka_vet vet;

	for (size_t i = 0; i < l->query->offers_count; i++) {
		struct ka_keysource_key *key = &l->out->key[i];

		if (!ka_keyscan_is_offer(&l->query->offers[i], l->line.key.blob))
			continue;
		ka_vet_line(&l->line, &l->policy, &when, &vet);
		if (key->is_listed && vet.verdict >= key->vet.verdict)
			continue;
		key->is_listed = true;
		key->vet = vet;
		key->line = number;
		key->column = (unsigned)l->line.column;
		ka_span_copy(ka_span_of(path), key->path, sizeof(key->path));
	}
}

static void take_file(void *ctx, const char *path, struct ka_span bytes)
{
	struct look *l = ctx;
	struct ka_cursor c;
	struct ka_span line;
	unsigned number = 0;

	ka_cursor_init(&c, bytes.p, bytes.len);
	while (ka_cursor_line(&c, &line, NULL) && l->out->keys < KA_KEYS_MAX) {
		number++;
		ka_keyline_parse(line, l->blob, &l->line);
		if (l->line.reason == KA_REASON_NONE)
			l->out->keys++;
		if (l->line.key.blob.len > 0)
			take_line(l, path, number);
	}
}

static void note_trouble(struct ka_keysource *out, const struct ka_conf_source *source, const struct ka_sourcefile_out *got)
{
	if (got->reason == KA_REASON_NONE || got->reason == KA_REASON_STORE_NO_KEYS || out->trouble != KA_REASON_NONE)
		return;
	out->trouble = got->reason;
	ka_span_copy(ka_span_of(got->why.path), out->trouble_path, sizeof(out->trouble_path));
	out->trouble_mode = got->why.mode;
	out->trouble_uid = got->why.uid;
	out->trouble_gid = got->why.gid;
	ka_span_copy(ka_span_of(source->name), out->trouble_source, sizeof(out->trouble_source));
}

enum ka_err ka_keysource_look(const struct ka_keysource_query *query, struct ka_keysource *out)
{
	KA_AUTOFREE struct look *l = calloc(1, sizeof(*l));
	struct ka_conf_errors errors = { 0 };
	struct ka_source_query who = { .user = query->user, .home = query->home, .uid_number = query->uid };
	char uid[24];
	struct ka_buf b;
	enum ka_err err = KA_ERR_OK;

	memset(out, 0, sizeof(*out));
	if (l == NULL)
		return KA_ERR_NOMEM;
	if (query->conf == NULL || !ka_username_is_valid(ka_span_of(query->user)))
		return KA_ERR_OK;
	l->query = query;
	l->out = out;
	ka_vetconf_make(query->conf, &l->policy, &errors);
	if (errors.count > 0)
		return KA_ERR_OK;
	out->is_asked = true;
	ka_buf_init_array(&b, uid);
	ka_buf_u64(&b, query->uid);
	who.uid = query->has_uid ? uid : NULL;
	for (size_t i = 0; i < query->conf->sources_count && err == KA_ERR_OK; i++) {
		const struct ka_conf_source *source = &query->conf->sources[i];
		struct ka_sourcefile_out got;

		err = ka_sourcefile_read(source, &who, take_file, l, &got);
		if (err == KA_ERR_OK)
			note_trouble(out, source, &got);
	}
	return err == KA_ERR_OK ? ka_othersource_look(query, out) : err;
}
