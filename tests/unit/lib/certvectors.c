/* Data of a line: the certificate in base64. */
#include "tests/unit/lib/certvectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "key/keyline.h"
#include "tests/unit/lib/vectorfile.h"

#include "base/poison.h"

struct certvector certvectors[CERTVECTORS_MAX];
size_t certvectors_count;

static void take(enum ka_reason reason, const char *base64, const char *what)
{
	struct certvector *v = &certvectors[certvectors_count];
	uint8_t *bytes = malloc(strlen(base64)); /* to the byte further down, for the address sanitizer */

	assert_true(certvectors_count < CERTVECTORS_MAX);
	v->what = strdup(what);
	assert_true(bytes != NULL && v->what != NULL);
	assert_true(ka_keyb64_decode(ka_span_of(base64), bytes, strlen(base64), &v->blob.len));
	v->blob.p = realloc(bytes, v->blob.len);
	assert_non_null(v->blob.p);
	v->reason = reason;
	certvectors_count++;
}

int certvectors_setup(void **state)
{
	(void)state;
	return vectorfile_read("tests/vectors/certs.txt", take);
}

int certvectors_teardown(void **state)
{
	(void)state;
	while (certvectors_count > 0) {
		struct certvector *v = &certvectors[--certvectors_count];

		free((void *)(uintptr_t)v->blob.p);
		free(v->what);
	}
	return 0;
}

struct ka_span certvectors_find(const char *what)
{
	for (size_t i = 0; i < certvectors_count; i++)
		if (strcmp(certvectors[i].what, what) == 0)
			return certvectors[i].blob;
	fail_msg("no certificate is called \"%s\"", what);
	return (struct ka_span){ NULL, 0 };
}

void certvectors_vet(struct ka_span blob, bool whole, struct ka_vet *out)
{
	static struct ka_vetpolicy policy;
	const struct ka_vet_when when = { .now_sec = CERTVECTORS_NOW, .whole = whole };
	static struct ka_keyline k;

	ka_vetpolicy_default(&policy);
	policy.certificates = true;
	memset(&k, 0, sizeof(k));
	k.reason = ka_keyblob_parse(blob, (struct ka_span){ NULL, 0 }, &k.key);
	ka_vet_line(&k, &policy, &when, out);
}
