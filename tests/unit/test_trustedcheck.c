/* trustedcheck: each file of authorities, as it was found. */
#include "keyaudit/config/trustedcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "key/keyb64.h"
#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define REFUSED "no certificate is let in by trusted_ca: "

static struct ka_conf conf;
static struct ka_keysample ed, rsa;
static char cert[1024];
static char said[8192];
static unsigned wrong, warned;

static int load(void)
{
	ka_keysample_find("ed25519", &ed);
	ka_keysample_find("rsa2048", &rsa);
	snprintf(cert, sizeof(cert), "%s", certsample_text("plain"));
	return 0;
}

static void take(void *ctx, const struct ka_datacheck *c)
{
	assert_ptr_equal(ctx, said);
	assert_string_equal(c->key, "trusted_ca");
	wrong += c->reason != KA_REASON_NONE;
	warned += c->is_warning;
	snprintf(said + strlen(said), sizeof(said) - strlen(said), "%s %s\n", ka_reason_id(c->reason), c->text);
}

static void look(const char *list)
{
	ka_conf_default(&conf);
	conf.certificates = true;
	conf.trusted_ca = list;
	said[0] = '\0';
	wrong = warned = 0;
	assert_int_equal(ka_trustedcheck_each(&conf, take, said), KA_ERR_OK);
}

static void put(const char *path, const char *before, const char *line)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", before, line);
	trustroot_file(path, 0644, 0, text);
}

static void trusted__none__nothing_is_said(void **state)
{
	(void)state;
	look("");
	assert_string_equal(said, "");
}

static void trusted__sound_files__how_many(void **state)
{
	(void)state;
	put("/ed", "# corp\n", ed.line);
	put("/both", "", ed.line);
	put("/rsa", "", rsa.line);
	put("/empty", "", "");
	look("/empty /ed /both /rsa");
	assert_string_equal(said, "- /empty: 0 authorities\n- /ed: 1 authority\n- /both: 0 more authorities\n- /rsa: 1 more authority\n");
	assert_int_equal(wrong + warned, 0);
}

static void trusted__each_that_is_wrong__is_said_with_the_others(void **state)
{
	(void)state;
	put("/ed", "", ed.line);
	trustroot_file("/open", 0666, 0, rsa.line);
	trustroot_dir("/wide", 0777, 0);
	trustroot_file("/wide/ca", 0644, 0, ed.line);
	look("/none /ed /open /wide/ca /ed");
	assert_int_equal(wrong, 3);
	assert_string_equal(said, "conf.invalid " REFUSED "/none: is not there; mend: put it back, or take it out of trusted_ca\n"
				  "- /ed: 1 authority\n"
				  "conf.unsafe " REFUSED "/open: mode 0666, owner 0: others may write to it, so it is not believed; "
				  "mend: chmod go-w /open\n"
				  "conf.unsafe " REFUSED "/wide: mode 0777, owner 0: others may write to it, so it is not believed; "
				  "mend: chmod go-w /wide\n"
				  "- /ed: 0 more authorities\n");
}

static void trusted__a_line_that_is_no_authority__which_and_why(void **state)
{
	static const char mend[] = "; mend: write one public key of an authority on a line, as in TrustedUserCAKeys\n";
	static const struct { const char *before, *says; } rows[] = {
		{ "\n# c\ncert-authority ", "line 3: options stand in front of the key" },
		{ "nonsense \x1b[2J\n", "line 1: line." }, { "#\nssh-ed25519 AAAA\n", "line 2: key." },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		put("/bad", rows[i].before, ed.line);
		look("/bad");
		if (wrong != 1 || strstr(said, rows[i].says) == NULL || strcmp(said + strlen(said) - strlen(mend), mend) != 0 || strchr(said, '\x1b') != NULL)
			fail_msg("row %zu: %s", i, said);
		assert_int_equal(strncmp(said, "conf.invalid " REFUSED "/bad: ", strlen("conf.invalid " REFUSED "/bad: ")), 0);
	}
	put("/bad", "", cert);
	look("/bad");
	assert_non_null(strstr(said, "/bad: line 1: a certificate; mend: "));
}

/* what one file leaves behind is not said of the next one */
static void trusted__half_a_file__counts_for_nothing(void **state)
{
	static char text[8192];

	(void)state;
	snprintf(text, sizeof(text), "%s\nnonsense\n", ed.line);
	trustroot_file("/half", 0644, 0, text);
	put("/ed", "", ed.line);
	unlink("/none");
	look("/half /none /ed");
	assert_non_null(strstr(said, "/half: line 2: "));
	assert_non_null(strstr(said, "\nconf.invalid " REFUSED "/none: is not there; mend"));
	assert_non_null(strstr(said, "\n- /ed: 1 authority\n"));
}

static void trusted__too_much__is_said(void **state)
{
	KA_AUTOFREE char *large = malloc(KA_TRUSTEDCA_FILE_MAX + 2);

	(void)state;
	assert_non_null(large);
	memset(large, '\n', KA_TRUSTEDCA_FILE_MAX + 1);
	large[KA_TRUSTEDCA_FILE_MAX + 1] = '\0';
	trustroot_file("/large", 0644, 0, large);
	look("/large relative");
	assert_non_null(strstr(said, REFUSED "/large: it is larger than a file of authorities may be\n"));
	assert_int_equal(wrong, 2);
	large[KA_TRUSTEDCA_FILE_MAX] = '\0';
	trustroot_file("/large", 0644, 0, large);
	look("/large");
	assert_string_equal(said, "- /large: 0 authorities\n");
}

static void trusted__more_keys_than_are_held__the_line_is_named(void **state)
{
	KA_AUTOFREE char *text = malloc(KA_TRUSTEDCA_FILE_MAX);
	uint8_t blob[64];
	struct ka_buf b;

	(void)state;
	assert_non_null(text);
	assert_true(ed.blob.len <= sizeof(blob));
	memcpy(blob, ed.blob.p, ed.blob.len);
	ka_buf_init(&b, text, KA_TRUSTEDCA_FILE_MAX);
	for (unsigned i = 0; i <= KA_TRUSTEDCA_MAX; i++) {
		blob[ed.blob.len - 1] = (uint8_t)i;
		blob[ed.blob.len - 2] = (uint8_t)(i >> 8);
		ka_buf_text(&b, "ssh-ed25519 ");
		ka_keyb64_encode(&b, (struct ka_span){ blob, ed.blob.len });
		ka_buf_char(&b, '\n');
	}
	assert_false(b.overflow);
	trustroot_file("/many", 0644, 0, text);
	look("/many");
	assert_non_null(strstr(said, REFUSED "/many: line 257: one key too many: all files of trusted_ca may hold 256; mend: "));
}

static void trusted__path_too_long__is_said(void **state)
{
	static char list[KA_PATH_TRUSTED_MAX + 1];

	(void)state;
	memset(list, 'x', KA_PATH_TRUSTED_MAX);
	list[0] = '/';
	look(list);
	assert_int_equal(wrong, 1);
	assert_non_null(strstr(said, "xxx...: has too long a name, or lies too deep\n"));
}

static void trusted__certificates_off__not_read(void **state)
{
	(void)state;
	look("/none");
	assert_int_equal(wrong, 1);
	conf.certificates = false;
	said[0] = '\0';
	wrong = 0;
	assert_int_equal(ka_trustedcheck_each(&conf, take, said), KA_ERR_OK);
	assert_string_equal(said, "- /none: not read while certificates = no\n");
	assert_int_equal(wrong, 0);
	assert_int_equal(warned, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trusted__none__nothing_is_said),
		cmocka_unit_test(trusted__sound_files__how_many),
		cmocka_unit_test(trusted__each_that_is_wrong__is_said_with_the_others),
		cmocka_unit_test(trusted__a_line_that_is_no_authority__which_and_why),
		cmocka_unit_test(trusted__half_a_file__counts_for_nothing),
		cmocka_unit_test(trusted__too_much__is_said),
		cmocka_unit_test(trusted__more_keys_than_are_held__the_line_is_named),
		cmocka_unit_test(trusted__path_too_long__is_said),
		cmocka_unit_test(trusted__certificates_off__not_read),
	};

	return load() == 0 ? trustroot_run(tests, NULL) : 1;
}
