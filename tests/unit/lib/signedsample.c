/* Reads the cases of signed documents. */
#include "tests/unit/lib/signedsample.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "store/sshsig.h"

#include "base/poison.h"

#define CASES "tests/cases/signed"

struct ka_signers signedsample_signers;
struct ka_signeddoc signedsample_doc;
struct ka_signedcheck_out signedsample_out;

static uint8_t storage[KA_SSHSIG_MAX];
static char answer[512];

static char *slurp(const char *name, const char *file, size_t *len)
{
	char path[256], *text = NULL;
	KA_AUTOCLOSE int fd = -1;

	assert_in_range(snprintf(path, sizeof(path), CASES "/%s/%s", name, file), 1, sizeof(path) - 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail_msg("%s cannot be opened", path);
	assert_int_equal(ka_fd_slurp(fd, 8 << 20, &text, len), KA_ERR_OK);
	return text;
}

static void ask(struct signedsample *s, const char *key, const char *value)
{
	struct ka_span v = ka_span_of(value), part;
	uint64_t n;

	if (strcmp(key, "kind") == 0) {
		s->kind = strcmp(value, "keys") == 0 ? KA_SIGNEDDOC_KEYS :
			  strcmp(value, "index") == 0 ? KA_SIGNEDDOC_INDEX : KA_SIGNEDDOC_REVOKED;
	} else if (strcmp(key, "user") == 0) {
		assert_true(ka_span_copy(v, s->user, sizeof(s->user)));
	} else if (strcmp(key, "host") == 0) {
		assert_true(ka_span_copy(v, s->host, sizeof(s->host)));
	} else if (strcmp(key, "now") == 0) {
		assert_true(ka_signedhead_time(v, &s->now));
	} else if (strcmp(key, "threshold") == 0) {
		assert_true(ka_text_to_u64(v, 99, &n));
		s->threshold = (unsigned)n;
	} else if (strcmp(key, "verify") == 0) {
		s->verify = strcmp(value, "yes") == 0;
	} else if (strcmp(key, "memory") == 0 && strcmp(value, "none") != 0) {
		s->has_memory = ka_text_split(&v, ':', &part) && ka_signedhead_serial(part, &s->memory_serial);
		assert_true(s->has_memory);
		s->memory_same = ka_span_is(v, "same");
	} else {
		assert_string_equal(key, "memory");
	}
}

void signedsample_load(const char *name, struct signedsample *out)
{
	size_t len;
	char *text, *line, *rest;

	*out = (struct signedsample){ 0 };
	assert_true(ka_span_copy(ka_span_of(name), out->name, sizeof(out->name)));
	out->document = slurp(name, "document", &out->document_len);
	out->signers_text = slurp(name, "signers", &out->signers_len);
	out->expected = slurp(name, "expected", &len);
	out->expected[strcspn(out->expected, "\n")] = '\0';
	text = slurp(name, "ask", &len);
	for (line = text; *line != '\0'; line = rest) {
		char *value = strchr(line, ' ');

		rest = line + strcspn(line, "\n");
		*rest++ = '\0';
		assert_non_null(value);
		*value++ = '\0';
		ask(out, line, value);
	}
	free(text);
}

void signedsample_free(struct signedsample *s)
{
	free(s->document);
	free(s->signers_text);
	free(s->expected);
}

size_t signedsample_each(void (*take)(const struct signedsample *s))
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(CASES);
	struct signedsample s;
	struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		signedsample_load(entry->d_name, &s);
		take(&s);
		signedsample_free(&s);
		n++;
	}
	return n;
}

struct ka_span signedsample_span(const struct signedsample *s)
{
	return (struct ka_span){ (const uint8_t *)s->document, s->document_len };
}

static void remember(const struct signedsample *s, struct ka_serial_memory *memory)
{
	struct ka_sshsig_text text;

	*memory = (struct ka_serial_memory){ .known = s->has_memory, .serial = s->memory_serial };
	ka_sshsig_text(signedsample_doc.text, &text);
	memcpy(memory->sha512, text.sha512, sizeof(memory->sha512));
	memory->sha512[0] ^= !s->memory_same;
}

enum ka_reason signedsample_judge(const struct signedsample *s, struct ka_span document)
{
	struct ka_span signers = { (const uint8_t *)s->signers_text, s->signers_len };
	struct ka_serial_memory memory;
	const struct ka_signedcheck_in in = {
		.signers = &signedsample_signers, .threshold = s->threshold, .sk_verify_required = s->verify,
		.user = s->kind == KA_SIGNEDDOC_KEYS ? s->user : NULL, .host_id = s->host, .now = s->now, .memory = &memory,
		.storage = storage, .storage_size = sizeof(storage),
	};
	enum ka_reason reason;

	if (!ka_signers_parse(signers, &signedsample_signers))
		return KA_REASON_CONF_INVALID;
	reason = ka_signeddoc_parse(document, s->kind, &signedsample_doc);
	assert_int_equal(signedsample_doc.wrong == NULL, reason == KA_REASON_NONE);
	if (reason != KA_REASON_NONE)
		return reason;
	remember(s, &memory);
	ka_signedcheck(&signedsample_doc, &in, &signedsample_out);
	return signedsample_out.reason;
}

const char *signedsample_answer(const struct signedsample *s, struct ka_span document)
{
	enum ka_reason reason = signedsample_judge(s, document);
	struct ka_buf b;

	ka_buf_init_array(&b, answer);
	ka_buf_text(&b, ka_reason_id(reason));
	for (size_t i = 0; reason == KA_REASON_NONE && i < signedsample_out.verified; i++) {
		ka_buf_char(&b, ' ');
		ka_buf_span(&b, signedsample_out.by[i].signer->name);
	}
	return answer;
}
