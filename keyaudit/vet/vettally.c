/* Counting, and saying it. */
#include "keyaudit/vet/vettally.h"

#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "key/keytype.h"
#include "keyaudit/screen/out_wrap.h"

#include "base/poison.h"

void ka_vettally_take(struct ka_vettally *t, const struct ka_keyblob *key, enum ka_verdict verdict)
{
	t->keys++;
	t->by_verdict[verdict]++;
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		t->by_type[i] += key->type != NULL && ka_keytype_at(i) == key->type;
}

void ka_vettally_worse(struct ka_vettally *t, enum ka_verdict was, enum ka_verdict is)
{
	t->by_verdict[was]--;
	t->by_verdict[is]++;
}

static void count(struct ka_wrap *w, const char *before, uint64_t n, const char *one, const char *many)
{
	char text[128];

	snprintf(text, sizeof(text), "%s%" PRIu64 " %s", before, n, n == 1 ? one : many);
	ka_wrap_text(w, KA_OUT_PLAIN, text);
}

static enum ka_err show_text(const struct ka_vettally *t, const struct ka_out *out)
{
	const char *before = ": ";
	struct ka_wrap w;

	ka_wrap_begin(&w, out, 0, 2);
	count(&w, "", t->keys, "key in ", "keys in ");
	count(&w, "", t->files, "file", "files");
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		if (t->by_type[i] == 0)
			continue;
		count(&w, before, t->by_type[i], ka_keytype_at(i)->name, ka_keytype_at(i)->name);
		before = ", ";
	}
	ka_wrap_end(&w);
	ka_wrap_begin(&w, out, 0, 2);
	count(&w, "", t->by_verdict[KA_VERDICT_ACCEPT], "accepted, ", "accepted, ");
	count(&w, "", t->by_verdict[KA_VERDICT_WARN], "with a warning, ", "with a warning, ");
	count(&w, "", t->by_verdict[KA_VERDICT_REJECT], "refused; ", "refused; ");
	count(&w, "", t->reused, "used by several accounts, ", "used by several accounts, ");
	count(&w, "", t->shared, "with a shared prime", "with a shared prime");
	ka_wrap_end(&w);
	if (t->unread + t->uncompared > 0) {
		ka_wrap_begin(&w, out, 0, 2);
		count(&w, "undecided: ", t->unread, "file or line that could not be read, ", "files or lines that could not be read, ");
		count(&w, "", t->uncompared, "key that was not compared with all others", "keys that were not compared with all others");
		ka_wrap_end(&w);
	}
	return ferror(out->to) ? KA_ERR_SYS : KA_ERR_OK;
}

static enum ka_err show_json(const struct ka_vettally *t, FILE *to)
{
	json_t *types = json_array(), *o;
	int rc;

	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		if (t->by_type[i] > 0)
			json_array_append_new(types, json_pack("{s:s, s:I}", "type", ka_keytype_at(i)->name, "keys", (json_int_t)t->by_type[i]));
	o = json_pack("{s:s, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "schema", KA_VETTALLY_SCHEMA,
		      "files", (json_int_t)t->files, "keys", (json_int_t)t->keys, "types", types,
		      "accepted", (json_int_t)t->by_verdict[KA_VERDICT_ACCEPT], "warned", (json_int_t)t->by_verdict[KA_VERDICT_WARN],
		      "refused", (json_int_t)t->by_verdict[KA_VERDICT_REJECT], "reused", (json_int_t)t->reused,
		      "shared", (json_int_t)t->shared, "unread", (json_int_t)t->unread, "uncompared", (json_int_t)t->uncompared);
	if (o == NULL)
		return KA_ERR_NOMEM;
	rc = json_dumpf(o, to, JSON_COMPACT);
	json_decref(o);
	fputc('\n', to);
	return rc != 0 || ferror(to) ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_vettally_show(const struct ka_vettally *t, const struct ka_out *out, bool json)
{
	return json ? show_json(t, out->to) : show_text(t, out);
}
