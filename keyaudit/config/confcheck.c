/* The check's findings and its words. It must never call a configuration fine that the command cannot work with. */
#include "keyaudit/config/confcheck.h"

#include <stdlib.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/paths.h"
#include "judge/vetask.h"
#include "keyaudit/config/datacheck.h"
#include "keyaudit/config/sourcecheck.h"
#include "keyaudit/config/trustedcheck.h"
#include "keyaudit/screen/out_wrap.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

/* only a configuration without errors names them */
static void each_source(struct ka_confcheck *k, void (*take)(void *ctx, const struct ka_sourcecheck *c))
{
	if (k->errors->count == 0 && ka_sourcecheck_each(k->conf, take, k) != KA_ERR_OK)
		k->wrong++;
}

/* the same for the files that keys are judged by */
static void each_file(struct ka_confcheck *k, void (*take)(void *ctx, const struct ka_datacheck *c))
{
	if (k->errors->count > 0)
		return;
	if (ka_datacheck_each(k->conf, take, k) != KA_ERR_OK || ka_trustedcheck_each(k->conf, take, k) != KA_ERR_OK)
		k->wrong++;
}

/* ---- looking ---- */

static void count_source(void *ctx, const struct ka_sourcecheck *c)
{
	struct ka_confcheck *k = ctx;

	k->wrong += c->reason != KA_REASON_NONE;
}

static void count_file(void *ctx, const struct ka_datacheck *c)
{
	struct ka_confcheck *k = ctx;

	k->wrong += c->reason != KA_REASON_NONE;
}

static bool has_vetter(void)
{
	KA_AUTOFREE struct ka_vetask *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return false;
	ka_vetask_init(a, NULL, KA_VET_FERMAT_ROUNDS);
	return ka_vetask_works(a);
}

void ka_confcheck_look(struct ka_confcheck *k)
{
	k->is_crypto_sound = ka_vetselftest() == KA_ERR_OK;
	k->has_vetter = has_vetter();
	k->wrong = 0;
	each_source(k, count_source);
	each_file(k, count_file);
}

bool ka_confcheck_is_fine(const struct ka_confcheck *k)
{
	return k->errors->count == 0 && k->wrong == 0 && k->is_crypto_sound && k->has_vetter;
}

/* ---- words ---- */

static void mark(const struct ka_confcheck *k, enum ka_out_colour c, const char *text)
{
	unsigned at = ka_out_mark(k->out, c) + 1;
	struct ka_wrap w;

	fputc(' ', k->out->to);
	ka_wrap_begin(&w, k->out, at, at);
	ka_wrap_text(&w, KA_OUT_PLAIN, text);
	ka_wrap_end(&w);
}

/* one that a file or a source is worth: not wrapped, since paths and commands stand in it */
static void say(const struct ka_confcheck *k, enum ka_reason reason, const char *text)
{
	bool is_wrong = reason != KA_REASON_NONE;

	fprintf(k->out->to, ": %s%s%s\n", is_wrong ? ka_reason_id(reason) : "", is_wrong ? ": " : "", text);
}

static enum ka_out_colour colour_of(enum ka_reason reason, bool is_warning)
{
	return reason != KA_REASON_NONE ? KA_OUT_BAD : is_warning ? KA_OUT_WARN : KA_OUT_GOOD;
}

static void source_text(void *ctx, const struct ka_sourcecheck *c)
{
	const struct ka_confcheck *k = ctx;

	ka_out_mark(k->out, colour_of(c->reason, c->is_warning));
	fprintf(k->out->to, " source %s", c->source);
	say(k, c->reason, c->text);
}

static void file_text(void *ctx, const struct ka_datacheck *c)
{
	const struct ka_confcheck *k = ctx;

	ka_out_mark(k->out, colour_of(c->reason, c->is_warning));
	fprintf(k->out->to, " %s", c->key);
	say(k, c->reason, c->text);
}

void ka_confcheck_text(struct ka_confcheck *k, const struct ka_out *out)
{
	size_t errors = k->errors->count, files = k->load->files;

	k->out = out;
	if (errors == 0) {
		ka_out_mark(out, KA_OUT_GOOD);
		fputc(' ', out->to);
		ka_out_escaped(out, KA_OUT_PLAIN, k->file, KA_TEXT_PATH_MAX);
		fprintf(out->to, ": no errors (%zu file%s)\n", files, files == 1 ? "" : "s");
	}
	if (k->is_crypto_sound)
		mark(k, KA_OUT_GOOD, "crypto self-test: libsodium knows a good Ed25519 key from a bad one");
	else
		mark(k, KA_OUT_BAD, "internal.crypto-selftest: libsodium fails a known answer, so no Ed25519 key is served; "
				    "install a sound libsodium");
	if (k->has_vetter)
		mark(k, KA_OUT_GOOD, "authkeys-vet knows a good ECDSA key from a bad one");
	else
		mark(k, KA_OUT_BAD, "key.not-judged: authkeys-vet does not answer, so no RSA or ECDSA key is served; is " KA_PATH_VET
				    " there, for everybody to execute?");
	each_source(k, source_text);
	each_file(k, file_text);
	if (k->load->reason == KA_REASON_CONF_DISABLED)
		mark(k, KA_OUT_WARN, k->load->text);
	if (k->unchecked[0] != '\0')
		mark(k, KA_OUT_WARN, k->unchecked);
	if (errors > 0)
		fprintf(stderr, "keyaudit config: %zu error%s; no key is served with this configuration\n", errors, errors == 1 ? "" : "s");
}

/* ---- JSON ---- */

static void put(struct ka_buf *b, const char *what, const char *name, enum ka_reason reason, const char *text)
{
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, what, name);
	ka_jsonout_plain(b, "reason", ka_reason_id(reason));
	ka_jsonout_plain(b, "text", text);
	ka_jsonout_object_end(b);
}

static void source_json(void *ctx, const struct ka_sourcecheck *c)
{
	struct ka_confcheck *k = ctx;

	put(k->b, "source", c->source, c->reason, c->text);
}

static void file_json(void *ctx, const struct ka_datacheck *c)
{
	struct ka_confcheck *k = ctx;

	put(k->b, "key", c->key, c->reason, c->text);
}

void ka_confcheck_json_begin(struct ka_confcheck *k, struct ka_buf *b)
{
	k->b = b;
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "schema", "keyaudit.config-check/1");
	ka_jsonout_text(b, "file", ka_span_of(k->file), KA_TEXT_PATH_MAX);
	ka_jsonout_array(b, "errors");
}

void ka_confcheck_json_end(struct ka_confcheck *k)
{
	ka_jsonout_array_end(k->b);
	ka_jsonout_bool(k->b, "ok", ka_confcheck_is_fine(k));
	ka_jsonout_u64(k->b, "files", k->load->files);
	ka_jsonout_plain(k->b, "reason", ka_reason_id(k->load->reason));
	ka_jsonout_bool(k->b, "selftest", k->is_crypto_sound);
	ka_jsonout_bool(k->b, "vetter", k->has_vetter);
	ka_jsonout_array(k->b, "sources");
	each_source(k, source_json);
	ka_jsonout_array_end(k->b);
	ka_jsonout_array(k->b, "data");
	each_file(k, file_json);
	ka_jsonout_array_end(k->b);
	if (k->unchecked[0] != '\0')
		ka_jsonout_plain(k->b, "unchecked", k->unchecked);
	ka_jsonout_object_end(k->b);
}
