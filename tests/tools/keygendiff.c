/*
 * Compares our reading of key lines with that of ssh-keygen -l, which is sshd's own
 * parser. usage: keygendiff SSH-KEYGEN MUTANTS-PER-SAMPLE FILE.pub...
 *                keygendiff --print MUTANTS-PER-SAMPLE FILE.pub...   (the lines that would be compared; tests/vectors/differ.py)
 *
 * Both must agree whether a line holds a key, and on its fingerprint. Where they
 * may differ stands in the list below, with the reason; everything else fails.
 * The same mutants are made on every run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/spawn.h"
#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"
#include "key/keyline.h"

#include "base/poison.h"

enum kind { GOOD, OPTION, BLANKS, LABEL, ZEROS, TAIL, CHAR, INSERT, DROP, CUT, BIT, KIND_COUNT };

static const char *const kind_names[KIND_COUNT] = {
	"good", "option", "blanks", "label", "zeros", "tail", "char", "insert", "drop", "cut", "bit",
};

/* we refuse with this reason, ssh-keygen accepts; only: after this kind of damage, GOOD = any */
static const struct { enum ka_reason reason; enum kind only; const char *why; } stricter[] = {
	{ KA_REASON_OPTION_UNKNOWN, GOOD, "ssh-keygen skips one word in front of a key and does not read it as options" },
	{ KA_REASON_OPTION_BAD_VALUE, GOOD, "the same" },
	{ KA_REASON_OPTION_BAD_QUOTING, GOOD, "the same" },
	{ KA_REASON_OPTION_REPEATED, GOOD, "the same" },
	{ KA_REASON_KEY_MPINT_NOT_MINIMAL, GOOD, "a second spelling of the same number" },
	{ KA_REASON_KEY_BLOB_NOT_CANONICAL, ZEROS, "a NUL behind the application" },
	{ KA_REASON_KEY_TYPE_MISMATCH, ZEROS, "a NUL behind the inner type name" },
	{ KA_REASON_KEY_ECDSA_CURVE_MISMATCH, ZEROS, "a NUL behind the curve name" },
	{ KA_REASON_KEY_TYPE_UNKNOWN, LABEL, "the name of a signature algorithm as label of a key" },
	{ KA_REASON_LINE_NUL, GOOD, "ssh-keygen does not see what is behind a NUL" },
	{ KA_REASON_LINE_CONTROL, GOOD, "control characters, in the comment and in base64" },
	{ KA_REASON_LINE_NOT_ASCII, GOOD, "other bytes in front of the key" },
	{ KA_REASON_LINE_EMPTY, GOOD, "ssh-keygen skips a word that begins with #" },
};

/* we accept, ssh-keygen refuses: judged by vet, on numbers */
static const struct { enum ka_keykind kind; bool is_cert; const char *why; } later[] = {
	{ KA_KEYKIND_ECDSA, false, "the point is not on the curve" },
	{ KA_KEYKIND_ED25519, true, "the certificate's signature" },
	{ KA_KEYKIND_ECDSA, true, "the certificate's signature, the point" },
	{ KA_KEYKIND_RSA, true, "the certificate's signature" },
	{ KA_KEYKIND_RSA, false, "fewer than 1024 bits" },
};

struct mutant {
	char line[KA_LINE_MAX];
	size_t len;
};

static uint32_t seed = 1;

static size_t below(size_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return n > 0 ? (size_t)(seed >> 8) % n : 0;
}

static char other_char(void)
{
	static const char often[] = " \t\r\"\\=,#*@-_.A0+/\x80";
	uint8_t c;

	if (below(2) == 0)
		return often[below(sizeof(often) - 1)];
	do
		c = (uint8_t)below(256);
	while (c == '\n' || c == '\0');
	return (char)c;
}

static void splice(struct mutant *m, size_t at, size_t lost, const char *put, size_t n)
{
	if (at > m->len || lost > m->len - at || m->len - lost + n > sizeof(m->line))
		return;
	memmove(m->line + at + n, m->line + at + lost, m->len - at - lost);
	if (n > 0)
		memcpy(m->line + at, put, n);
	m->len = m->len - lost + n;
}

static void splice_text(struct mutant *m, size_t at, size_t lost, const char *put)
{
	splice(m, at, lost, put, strlen(put));
}

/* base64 of the line and what it decodes to */
static struct ka_keyline parsed;
static uint8_t blob[KA_BLOB_MAX];

static void replace_blob(struct mutant *m, const uint8_t *bytes, size_t len)
{
	static char text[KA_LINE_MAX];
	struct ka_buf b;
	size_t at = (size_t)((const char *)parsed.base64.p - m->line);

	ka_buf_init_array(&b, text);
	ka_keyb64_encode(&b, (struct ka_span){ bytes, len });
	splice_text(m, at, parsed.base64.len, text);
}

/* one byte more in the string field that begins at @at */
static void grow_field(struct mutant *m, size_t at, bool in_front)
{
	static uint8_t bytes[KA_BLOB_MAX];
	size_t len = parsed.key.blob.len, n = (size_t)blob[at + 2] << 8 | blob[at + 3];
	size_t where = in_front ? at + 4 : at + 4 + n;

	memcpy(bytes, blob, where);
	bytes[where] = 0;
	memcpy(bytes + where + 1, blob + where, len - where);
	bytes[at + 2] = (uint8_t)((n + 1) >> 8);
	bytes[at + 3] = (uint8_t)(n + 1);
	replace_blob(m, bytes, len + 1);
}

static void mutate_field(struct mutant *m)
{
	size_t at = 0, n = below(3);

	for (size_t i = 0; i < n; i++) {
		size_t next = at + 4 + ((size_t)blob[at + 2] << 8 | blob[at + 3]);

		if (next + 4 >= parsed.key.blob.len)
			break;
		at = next;
	}
	grow_field(m, at, below(2) == 0);
}

static void mutate(struct mutant *m, enum kind kind)
{
	static const char *const options[] = {
		"restrict ", "no-pty,from=\"10.0.0.0/8\" ", "command=\"a b\" ", "pty, ", "nosuch ", "command=\"a ", "command=a ",
		"pty, no-pty ", "command=\"a\"x ", "from=\"*\",from=\"*\" ", "\"", "command=\"a \\\" ssh-rsa\"\t", ",", "#", "x",
	};
	static const char *const labels[] = { "ssh-rsa", "ssh-ed25519", "rsa-sha2-512", "ecdsa-sha2-nistp384", "SSH-RSA", "", "ssh-dss",
					      "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-ed25519-cert-v01@openssh.com" };
	static const char *const blanks[] = { " ", "\t", "\r", "\v", "\xc2\xa0", "\f" };
	size_t at = below(m->len);
	char c = other_char();

	switch (kind) {
	case OPTION:
		splice_text(m, 0, 0, options[below(KA_ARRAY_LEN(options))]);
		break;
	case BLANKS:
		at = (size_t[]){ 0, parsed.type_word.len, parsed.type_word.len + 1, m->len, at }[below(5)];
		splice_text(m, at, 0, blanks[below(KA_ARRAY_LEN(blanks))]);
		break;
	case LABEL:
		splice_text(m, 0, parsed.type_word.len, labels[below(KA_ARRAY_LEN(labels))]);
		break;
	case ZEROS:
		mutate_field(m);
		break;
	case TAIL:
		blob[parsed.key.blob.len] = (uint8_t)below(256);
		replace_blob(m, blob, parsed.key.blob.len + 1);
		break;
	case CHAR:
		m->line[at] = c;
		break;
	case INSERT:
		splice(m, at, 0, &c, 1);
		break;
	case DROP:
		splice(m, at, 1, "", 0);
		break;
	case CUT:
		m->len = at;
		break;
	case BIT:
		at = below(parsed.key.blob.len * 8);
		blob[at / 8] ^= (uint8_t)(1u << at % 8);
		replace_blob(m, blob, parsed.key.blob.len);
		break;
	case GOOD:
	case KIND_COUNT:
		break;
	}
}

/* ssh-keygen's fingerprint of the line; "" when it sees no key; false when it could not be asked */
static bool ask_keygen(const char *program, const struct mutant *m, char *fpr, size_t size)
{
	const char *const argv[] = { program, "-lf", "-", NULL };
	static char input[KA_LINE_MAX + 1];
	struct ka_spawn what = { .argv = argv, .input = input, .input_len = m->len + 1, .output_max = 65536, .deadline_ms = 10000 };
	struct ka_spawn_out out;
	struct ka_span rest, word;

	memcpy(input, m->line, m->len);
	input[m->len] = '\n';
	fpr[0] = '\0';
	if (ka_spawn_run(&what, &out) != KA_ERR_OK)
		return false;
	rest = (struct ka_span){ (const uint8_t *)out.output, out.len };
	if (WIFEXITED(out.status) && WEXITSTATUS(out.status) == 0 && ka_text_word(&rest, &word) && ka_text_word(&rest, &word))
		(void)ka_span_copy(word, fpr, size);
	free(out.output);
	return WIFEXITED(out.status) && WEXITSTATUS(out.status) != 127;
}

/* why the two may differ, or NULL */
static const char *excuse(const struct ka_keyline *k, enum kind kind, bool keygen_accepts)
{
	for (size_t i = 0; keygen_accepts && i < KA_ARRAY_LEN(stricter); i++)
		if (k->reason == stricter[i].reason && (stricter[i].only == GOOD || stricter[i].only == kind))
			return stricter[i].why;
	for (size_t i = 0; !keygen_accepts && i < KA_ARRAY_LEN(later); i++)
		if (k->key.type->kind == later[i].kind && k->key.is_cert == later[i].is_cert)
			return later[i].why;
	return NULL;
}

static unsigned all, agreed, named, failed;

static void compare(const char *program, const struct mutant *m, enum kind kind)
{
	static uint8_t plain[KA_BLOB_MAX], storage[KA_BLOB_MAX];
	static struct ka_keyline k;
	char theirs[128], ours[KA_FPR_TEXT_MAX] = "", text[512];
	const char *why;
	struct ka_buf b;

	ka_keyline_parse((struct ka_span){ (const uint8_t *)m->line, m->len }, storage, &k);
	if (k.reason == KA_REASON_NONE) {
		ka_buf_init(&b, plain, sizeof(plain));
		ka_keyblob_plain(&k.key, &b);
		ka_keyfpr_text(ka_buf_as_span(&b), ours);
	}
	all++;
	if (!ask_keygen(program, m, theirs, sizeof(theirs))) {
		fprintf(stderr, "keygen: %s could not be asked\n", program);
		exit(2);
	}
	if (strcmp(ours, theirs) == 0) {
		agreed++;
		return;
	}
	why = ours[0] == '\0' || theirs[0] == '\0' ? excuse(&k, kind, theirs[0] != '\0') : NULL;
	ka_buf_init_array(&b, text);
	ka_text_escape(&b, (struct ka_span){ (const uint8_t *)m->line, m->len }, 0, 200);
	if (why != NULL)
		named++;
	else
		failed++;
	if (why == NULL || getenv("KEYGEN_VERBOSE") != NULL)
		printf("%s %s: ours %s at %zu, ssh-keygen %s: %s (%s)\n", why != NULL ? "named" : "not ok", kind_names[kind],
		       ka_reason_id(k.reason), k.column, theirs[0] != '\0' ? theirs : "refuses", text, why != NULL ? why : "-");
}

static void show(const struct mutant *m)
{
	fwrite(m->line, 1, m->len, stdout);
	putchar('\n');
}

/* @program: NULL to print them */
static bool compare_file(const char *program, unsigned mutants, const char *path)
{
	static struct mutant sample, m;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return false;
	sample.len = fread(sample.line, 1, sizeof(sample.line), f);
	fclose(f);
	if (sample.len == 0 || sample.line[sample.len - 1] != '\n')
		return false;
	sample.len--;
	for (unsigned i = 0; i <= mutants; i++) {
		enum kind kind = i == 0 ? GOOD : 1 + (enum kind)((i - 1) % (KIND_COUNT - 1));

		m = sample;
		ka_keyline_parse((struct ka_span){ (const uint8_t *)m.line, m.len }, blob, &parsed);
		if (parsed.reason != KA_REASON_NONE)
			return false;
		mutate(&m, kind);
		if (program == NULL)
			show(&m);
		else
			compare(program, &m, kind);
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *program = argc > 1 && strcmp(argv[1], "--print") == 0 ? NULL : argv[1];
	uint64_t mutants;

	if (argc < 4 || !ka_text_to_u64(ka_span_of(argv[2]), 100000, &mutants)) {
		fprintf(stderr, "usage: keygendiff SSH-KEYGEN|--print MUTANTS FILE.pub...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		if (!compare_file(program, (unsigned)mutants, argv[i])) {
			fprintf(stderr, "keygen: %s is not a good key line\n", argv[i]);
			return 2;
		}
	if (program == NULL)
		return fflush(stdout) == 0 ? 0 : 1;
	printf("keygen: %u agree of %u, %u on the named list\n", agreed, all - named, named);
	return failed == 0 ? 0 : 1;
}
