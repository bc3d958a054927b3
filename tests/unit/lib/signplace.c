#include "tests/unit/lib/signplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/sign/signtext.h"
#include "tests/unit/lib/verbplace.h"

void signplace_key(const char *name, struct ka_signerkey *out)
{
	verbplace_signer(name);
	assert_int_equal(ka_signerkey_read(name, out), KA_ERR_OK);
}

char *signplace_sign(const char *name, const char *namespace, struct ka_span text)
{
	char command[512], *made;
	const char *sig;

	made = strndup((const char *)text.p, text.len);
	assert_non_null(made);
	verbplace_put(".signplace", made);
	free(made);
	assert_true(snprintf(command, sizeof(command), "ssh-keygen -q -Y sign -n '%s' -f '%s' .signplace", namespace, name) > 0);
	verbplace_shell(command);
	sig = verbplace_get(".signplace.sig", NULL);
	assert_non_null(sig);
	made = strdup(sig);
	unlink(".signplace");
	unlink(".signplace.sig");
	assert_non_null(made);
	return made;
}

char *signplace_document(const char *text, const char *const *keys)
{
	char *all = strdup(text);

	for (; *keys != NULL; keys++) {
		char *block = signplace_sign(*keys, "keyaudit", ka_span_of(text)), *longer = NULL;

		assert_true(asprintf(&longer, "%s%s", all, block) > 0);
		free(all);
		free(block);
		all = longer;
	}
	return all;
}

const char *signplace_headers(const char *magic, const char *user, unsigned long long serial, const char *lines)
{
	static char text[1 << 16];
	char issued[KA_SIGNTEXT_TIME], expires[KA_SIGNTEXT_TIME];
	time_t now = time(NULL);
	int n;

	ka_signtext_time(now, issued);
	ka_signtext_time(now + 7 * 86400, expires);
	n = snprintf(text, sizeof(text), "%s\n%s%s%s# hosts: *\n# serial: %llu\n# issued: %s\n# expires: %s\n%s", magic,
		     user != NULL ? "# user: " : "", user != NULL ? user : "", user != NULL ? "\n" : "", serial, issued, expires, lines);
	assert_true(n > 0 && (size_t)n < sizeof(text));
	return text;
}
