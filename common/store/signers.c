/*
 * Reads the signer file, line by line. It must never pass over something that it did not understand: a line is a signer,
 * a signer of something else, of a kind that it names in a warning, or wrong.
 */
#include "store/signers.h"

#include <string.h>

#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "store/signeropts.h"

#include "base/poison.h"

enum what { TAKEN, SKIPPED, WRONG };

static enum what wrong(struct ka_signers *out, const char *why)
{
	out->wrong = why;
	return WRONG;
}

static enum what warn(struct ka_signers *out, unsigned line, const char *what, enum what then)
{
	if (out->warnings < KA_SIGNERS_WARNINGS_MAX)
		out->warning[out->warnings] = (struct ka_signers_warning){ line, what };
	out->warnings++;
	return then;
}

static const char *wrong_name(struct ka_span name)
{
	if (name.len > KA_SIGNERS_NAME_MAX)
		return "the name is too long";
	for (size_t i = 0; i < name.len; i++)
		if (memchr("*?!", name.p[i], 3) != NULL)
			return "the name is a pattern; each signer has one literal name";
		else if (name.p[i] == ',')
			return "a list of names; each signer has one name";
		else if (name.p[i] == '"' || name.p[i] == '\\')
			return "the name is quoted, which is not supported";
	return ka_text_is_plain(name) ? NULL : "the name is not plain text";
}

static const char *wrong_bytes(struct ka_span line)
{
	if (line.len > KA_LINE_MAX)
		return "the line is too long";
	for (size_t i = 0; i < line.len; i++)
		if (ka_text_is_control(line.p[i]) && line.p[i] != '\t')
			return "a control character in the line";
	return NULL;
}

/* options and type word, or the type word alone; @rest then begins behind the type */
static bool split(struct ka_span *rest, struct ka_span *options, struct ka_span *type)
{
	struct ka_span all = ka_text_trim(*rest), behind = all;

	*options = (struct ka_span){ all.p, 0 };
	if (ka_text_word(&behind, type) && !ka_signeropts_looks_so(*type)) {
		*rest = behind;
		return true;
	}
	*options = ka_signeropts_word(all);
	*rest = ka_span_sub(all, options->len, all.len);
	return ka_text_word(rest, type);
}

/* the key of a type that we verify, into the storage */
static const char *wrong_key(struct ka_span type, struct ka_span base64, struct ka_signers *out, struct ka_signer *s)
{
	struct ka_keyblob key;
	uint8_t *room = out->storage + out->used;
	size_t len;

	if (!ka_keyb64_decode(base64, room, KA_SIGNERS_BLOB_MAX, &len))
		return "the key is not base64";
	s->blob = (struct ka_span){ room, len };
	if (ka_keyblob_parse(s->blob, type, &key) != KA_REASON_NONE || key.application.len > KA_SK_APPLICATION_MAX)
		return "the key is damaged";
	s->pk = key.pk;
	return ka_veted25519_bytes(s->pk) == KA_REASON_NONE ? NULL : "with this key anybody can sign";
}

/* one name for each key: who signed with it would be a matter of the file's order */
static bool has_other_name(const struct ka_signers *out, const struct ka_signer *s)
{
	for (size_t i = 0; i < out->count; i++)
		if (ka_span_equal(out->list[i].blob, s->blob) && !ka_span_equal(out->list[i].name, s->name))
			return true;
	return false;
}

static enum what take_key(struct ka_span type, struct ka_span base64, struct ka_signers *out, struct ka_signer *s)
{
	const char *why;

	if (out->count == KA_SIGNERS_MAX)
		return wrong(out, "too many signers");
	why = wrong_key(type, base64, out, s);
	if (why != NULL)
		return wrong(out, why);
	if (has_other_name(out, s))
		return wrong(out, "this key is listed above under another name");
	if (!s->has_namespaces)
		warn(out, s->line, "no namespaces=\"keyaudit\": whatever this key signs for keyaudit counts", TAKEN);
	out->used += s->blob.len;
	out->list[out->count++] = *s;
	return TAKEN;
}

static enum what take_line(struct ka_span line, unsigned number, struct ka_signers *out)
{
	struct ka_signer s = { .line = number, .valid_after = INT64_MIN, .valid_before = INT64_MAX };
	struct ka_span rest = line, options, type, base64;
	const struct ka_keytype *known;
	struct ka_signeropts o;
	const char *why = wrong_bytes(line);
	bool is_cert;

	if (why != NULL)
		return wrong(out, why);
	if (!ka_text_word(&rest, &s.name) || s.name.p[0] == '#')
		return SKIPPED;
	why = wrong_name(s.name);
	if (why != NULL)
		return wrong(out, why);
	if (!split(&rest, &options, &type) || !ka_text_word(&rest, &base64))
		return wrong(out, "a name, a key type and a key must stand here");
	if (!ka_signeropts_parse(options, &o))
		return wrong(out, o.wrong);
	known = ka_keytype_find(type, &is_cert);
	if (known == NULL && !ka_span_starts(base64, "AAAA"))
		return wrong(out, "neither an option nor a key type");
	if (o.is_ca)
		return warn(out, number, "cert-authority is not supported: no signer", SKIPPED);
	if (!o.is_for_us)
		return SKIPPED;
	if (known == NULL || is_cert || known->kind != KA_KEYKIND_ED25519)
		return warn(out, number, "only ssh-ed25519 and sk-ssh-ed25519@openssh.com keys are verified: no signer", SKIPPED);
	s.has_namespaces = o.has_namespaces;
	s.valid_after = o.valid_after;
	s.valid_before = o.valid_before;
	return take_key(type, base64, out, &s);
}

bool ka_signers_parse(struct ka_span text, struct ka_signers *out)
{
	struct ka_cursor c;
	struct ka_span line;
	unsigned number = 0;

	out->count = out->warnings = out->used = 0;
	out->bad_line = 0;
	out->wrong = text.len > KA_SIGNERS_FILE_MAX ? "the file is too large" : NULL;
	if (out->wrong != NULL)
		return false;
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL))
		if (take_line(line, ++number, out) == WRONG) {
			out->bad_line = number;
			out->count = 0;
			return false;
		}
	return true;
}

bool ka_signers_is_valid(const struct ka_signer *s, int64_t now)
{
	return now >= s->valid_after && now <= s->valid_before;
}

const struct ka_signer *ka_signers_find(const struct ka_signers *s, struct ka_span blob, int64_t now)
{
	for (size_t i = 0; i < s->count; i++)
		if (ka_span_equal(s->list[i].blob, blob) && ka_signers_is_valid(&s->list[i], now))
			return &s->list[i];
	return NULL;
}

/* is any of the first @count, and valid at @now, of the same name? */
static bool is_named(const struct ka_signers *s, size_t count, struct ka_span name, const int64_t *now)
{
	for (size_t i = 0; i < count; i++)
		if ((now == NULL || ka_signers_is_valid(&s->list[i], *now)) && ka_span_equal(s->list[i].name, name))
			return true;
	return false;
}

static size_t names(const struct ka_signers *s, const int64_t *now)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		if ((now == NULL || ka_signers_is_valid(&s->list[i], *now)) && !is_named(s, i, s->list[i].name, now))
			n++;
	return n;
}

size_t ka_signers_names(const struct ka_signers *s)
{
	return names(s, NULL);
}

size_t ka_signers_names_at(const struct ka_signers *s, int64_t now)
{
	return names(s, &now);
}

const struct ka_signer *ka_signers_bad_point(const struct ka_signers *s, enum ka_vet_ed25519 trust)
{
	for (size_t i = 0; i < s->count; i++)
		if (ka_veted25519_point(s->list[i].pk, trust) != KA_REASON_NONE)
			return &s->list[i];
	return NULL;
}
