/* health/healthconf: of looks at a configuration, what is another than before, once. */
#include "keyaudit/health/healthconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/healthplace.h"

#include "base/poison.h"

#define A "/etc/keyaudit/keyaudit.conf"
#define B "/etc/keyaudit/conf.d/b.conf"

static struct ka_healthconf *seen;
static struct ka_health h;

static int make(void **state)
{
	seen = calloc(1, sizeof(*seen));
	if (seen == NULL || healthplace_setup(state) != 0)
		return 1;
	healthplace_open(&h);
	return 0;
}

static int drop(void **state)
{
	ka_health_close(&h);
	free(seen);
	return healthplace_teardown(state);
}

static void text_to(char *to, const char *from)
{
	memcpy(to, from, strlen(from) + 1);
}

/* a look that finds these two files with these sums; "": refused; NULL: not there */
static void look(const char *a, const char *b)
{
	const char *const sums[] = { a, b }, *const paths[] = { A, B };

	seen->files = 0;
	seen->is_listed = true;
	for (size_t i = 0; i < 2; i++) {
		if (sums[i] == NULL)
			continue;
		text_to(seen->file[seen->files].path, paths[i]);
		text_to(seen->file[seen->files].sha256, sums[i]);
		seen->file[seen->files++].mode = 0100644;
	}
	assert_int_equal(ka_healthconf_tell(&h, seen), KA_ERR_OK);
}

static void refuse(enum ka_reason reason, const char *text)
{
	seen->reason = reason;
	text_to(seen->text, text);
	text_to(seen->why.path, reason == KA_REASON_NONE ? "" : A);
	seen->why.mode = reason == KA_REASON_CONF_UNSAFE ? 0100664 : 0;
}

static void tell__first_look__takes_files_as_they_are(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	look("one", "two");
	look("one", "two");
	healthplace_events_are(none);
	assert_string_equal(ka_health_value(&h, "file " A), "one");
}

static void tell__files__each_change_once(void **state)
{
	static const char *const said[] = {
		"success configuration changed, " A ": sha256 1, was one",
		"success configuration changed, " B ": sha256 two, new here",
		"success configuration changed, " B ": it is not there any more",
		"success configuration changed, " A ": sha256 one, was 1",
		"success configuration changed, " B ": sha256 two, new here",
		NULL,
	};

	(void)state;
	look("one", NULL);
	look("1", NULL);
	look("1", "two");
	look("1", "two");
	seen->is_listed = false;
	look("1", NULL);
	look("1", NULL);
	look("one", "two");
	healthplace_events_are(said);
}

static void tell__editor_at_work__waits(void **state)
{
	static const char *const said[] = { "success configuration changed, " A ": sha256 3, was 1", NULL };

	(void)state;
	look("1", NULL);
	seen->is_editing = true;
	refuse(KA_REASON_CONF_INVALID, "half a file");
	look("2", NULL);
	seen->is_editing = false;
	refuse(KA_REASON_NONE, "");
	look("3", NULL);
	healthplace_events_are(said);
}

static void tell__refused__once_and_when_it_is_over(void **state)
{
	static const char *const said[] = {
		"failure unsafe configuration: a file that keyaudit acts on, or a directory above it, is not root's or others may write to it ("
		A "; mode 0664)",
		"success configuration changed: it is in force again",
		"success configuration changed, " A ": sha256 2, was 1",
		"failure unsafe configuration: keyaudit's configuration is missing or has an error, so no key is served ("
		A "; line 3)",
		"success configuration changed, " A ": sha256 3, was 2", /* mended: that says it */
		"success configuration changed: keyaudit is switched off on this host, so it serves no key (" A "; it is there)",
		"success configuration changed: it is in force again",
		NULL,
	};

	(void)state;
	look("1", NULL);
	refuse(KA_REASON_CONF_UNSAFE, "mode 0664");
	look("", NULL);
	look("", NULL);
	refuse(KA_REASON_NONE, "");
	look("1", NULL);
	look("1", NULL);
	refuse(KA_REASON_CONF_INVALID, "line 3");
	look("2", NULL);
	refuse(KA_REASON_NONE, "");
	look("3", NULL);
	refuse(KA_REASON_CONF_DISABLED, "it is there");
	look("3", NULL);
	refuse(KA_REASON_NONE, "");
	look("3", NULL);
	healthplace_events_are(said);
}

static void tell__sources__what_they_name(void **state)
{
	static const char *const said[] = {
		"failure unsafe configuration: a file that keyaudit acts on, or a directory above it, is not root's or others may write to it ("
		"source corp: signers: mode 0666)",
		"success configuration changed: source corp: what it needs is accepted again",
		NULL,
	};

	(void)state;
	seen->sources = 1;
	text_to(seen->source[0].name, "corp");
	look("1", NULL);
	seen->source[0].reason = KA_REASON_CONF_UNSAFE;
	text_to(seen->source[0].text, "signers: mode 0666");
	look("1", NULL);
	look("1", NULL);
	seen->source[0].reason = KA_REASON_NONE;
	look("1", NULL);
	look("1", NULL);
	healthplace_events_are(said);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(tell__first_look__takes_files_as_they_are),
		T(tell__files__each_change_once),
		T(tell__editor_at_work__waits),
		T(tell__refused__once_and_when_it_is_over),
		T(tell__sources__what_they_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
