/* diag/cmdtry on a shell that prints what it is told. Only root can run it as sshd does; what is kept is invented here. */
#include "diag/cmdtry.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "diag/sshdcache.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB1tlK4H2O5dGUhXXdD4bxAr9dR1iOv3fTlaGx1YkoWd"

/* what is kept, under the one name that everything has here */
static char kept[512];
static char kind_asked[2048];

bool ka_sshdcache_name(const struct ka_sshdask *ask, const char *kind, char out[static KA_SSHDCACHE_NAME_MAX])
{
	assert_string_equal(ask->program, factsample.facts.cmd.path);
	put(kind_asked, kind);
	assert_true(ka_span_copy(ka_span_of("name"), out, KA_SSHDCACHE_NAME_MAX));
	return true;
}

bool ka_sshdcache_get(const char *dir, const char *name, int age_sec, char **text, size_t *len)
{
	(void)dir;
	assert_string_equal(name, "name");
	assert_int_equal(age_sec, KA_CMDTRY_AGE_SEC);
	*len = strlen(kept);
	*text = strdup(kept);
	return *len > 0 && *text != NULL;
}

void ka_sshdcache_put(const char *dir, const char *name, const char *text, size_t len)
{
	(void)dir;
	assert_string_equal(name, "name");
	assert_true(ka_span_copy((struct ka_span){ (const uint8_t *)text, len }, kept, sizeof(kept)));
}

/* root asks by hand; the command is the shell with this script */
static struct ka_cmdtry *look(const char *script)
{
	struct ka_facts *f = &factsample.facts;
	struct ka_buf b;

	ka_buf_init_array(&b, f->sshd.command);
	ka_buf_text(&b, "/bin/sh -c '");
	ka_buf_text(&b, script);
	ka_buf_text(&b, "' sh %u %U");
	ka_buf_char(&b, '\0');
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_int_equal(ka_cmdtry_look(f), KA_ERR_OK);
	return &f->tried;
}

static int begin(void **state)
{
	int rc = factsample_plain(state);

	kept[0] = '\0';
	factsample.subject.by_hand = factsample.subject.may_ask = true;
	put(factsample.facts.cmd.path, "/bin/sh");
	put(factsample.facts.sshd.command_user, "nobody");
	return rc;
}

static bool is_root(void)
{
	if (geteuid() != 0)
		print_message("not root: what is run as another user is not tried\n");
	return geteuid() == 0;
}

static void run__rubbish__says_how_it_begins(void **state)
{
	(void)state;
	if (!is_root())
		return;
	assert_int_equal(look("echo; echo \"# x\"; echo \"<html> <body> 502 Bad Gateway\"")->answer, KA_CMDTRY_RUBBISH);
	assert_string_equal(factsample.facts.tried.begins, "<html> <body> 502 Bad Ga");
	assert_non_null(strstr(kept, " %3chtml%3e%20"));
	assert_non_null(strstr(kind_asked, "\nnobody\nalice"));
	assert_int_equal(factsample.facts.tried.at_us, 0);
}

static void run__keys_or_nothing__is_fine(void **state)
{
	(void)state;
	if (!is_root())
		return;
	assert_int_equal(look("echo " KEY)->answer, KA_CMDTRY_FINE);
	assert_int_equal(look("echo rubbish; echo " KEY)->answer, KA_CMDTRY_FINE);
	assert_int_equal(look(":")->answer, KA_CMDTRY_FINE);
	assert_int_equal(look("echo \"# none\"")->answer, KA_CMDTRY_FINE);
}

static void run__the_offered_key__is_listed(void **state)
{
	struct ka_facts *f = &factsample.facts;

	(void)state;
	put(factsample.offers[0].type, "ssh-ed25519");
	put(factsample.offers[0].key, &KEY[sizeof("ssh-ed25519")]);
	ka_keyscan_offer(&factsample.offers[0], &f->offers[0]);
	if (!is_root())
		return;
	assert_true(look("echo " KEY)->is_listed[0]);
	assert_false(look("echo from=\"10.0.0.1\" " KEY)->is_listed[0]);
	assert_false(look("echo " KEY "; exit 1")->is_listed[0]);
}

static void run__a_bad_end__is_told(void **state)
{
	(void)state;
	if (!is_root())
		return;
	assert_int_equal(look("echo " KEY "; exit 3")->answer, KA_CMDTRY_STATUS);
	assert_int_equal(factsample.facts.tried.number, 3);
	assert_int_equal(look("kill -SEGV $$")->answer, KA_CMDTRY_SIGNAL);
	assert_int_equal(factsample.facts.tried.number, SIGSEGV);
	/* more than is read: nobody knows what stands behind it */
	assert_int_equal(look("head -c 2000000 /dev/zero")->answer, KA_CMDTRY_UNKNOWN);
}

/* as the user, with what sshd gives it, and nothing of root's left */
static void run__rights_and_environment__are_the_users(void **state)
{
	(void)state;
	if (!is_root())
		return;
	look("id -u; id -ru; echo $USER $LOGNAME; ! kill -0 1 2>/dev/null && echo $1");
	assert_string_equal(factsample.facts.tried.begins, "65534");
	look("test \"$(id -u):$(id -ru):$(id -g):$USER:$LOGNAME:$1:$2:$SUDO_USER\" = 65534:65534:65534:nobody:nobody:alice:1001:");
	assert_int_equal(factsample.facts.tried.answer, KA_CMDTRY_FINE);
}

static void run__what_sshd_would_run_as_root__is_not_run(void **state)
{
	(void)state;
	put(factsample.facts.sshd.command_user, "root");
	assert_int_equal(look("echo x")->answer, KA_CMDTRY_UNKNOWN);
	put(factsample.facts.sshd.command_user, "no-such-user-here");
	assert_int_equal(look("echo x")->answer, KA_CMDTRY_UNKNOWN);
	put(factsample.facts.sshd.command_user, "nobody");
	put(factsample.facts.cmd.path, "/bin/other"); /* not what was looked at */
	assert_int_equal(look("echo x")->answer, KA_CMDTRY_UNKNOWN);
	assert_string_equal(kept, "");
}

static void kept__nobody_asks_by_hand__is_recalled(void **state)
{
	(void)state;
	factsample.subject.by_hand = false;
	put(kept, "2 0 1785900000000000 %3chtml%3e%20x");
	assert_int_equal(look("echo " KEY)->answer, KA_CMDTRY_RUBBISH);
	assert_string_equal(factsample.facts.tried.begins, "<html> x");
	assert_true(factsample.facts.tried.at_us == 1785900000000000);
	factsample.subject.by_hand = true;
	factsample.subject.may_ask = false;
	put(kept, "3 7 1785900000000000 -");
	assert_int_equal(look("echo " KEY)->answer, KA_CMDTRY_STATUS);
	assert_int_equal(factsample.facts.tried.number, 7);
}

static void kept__damaged__says_nothing(void **state)
{
	static const char *const texts[] = { "", "2", "2 0", "2 0 5", "9 0 5 -", "2 x 5 -", "2 0 -5 -", "2 0 5 %zz",
					     "2 0 5 aaaaaaaaaaaaaaaaaaaaaaaaa", "99999999999999999999999 0 5 -" };

	(void)state;
	factsample.subject.by_hand = false;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		put(kept, texts[i]);
		assert_int_equal(look("echo x")->answer, KA_CMDTRY_UNKNOWN);
		assert_string_equal(factsample.facts.tried.begins, "");
	}
}

static void end__of_a_child__is_told_apart(void **state)
{
	struct ka_cmdtry t = { .answer = KA_CMDTRY_UNKNOWN };

	(void)state;
	assert_false(ka_cmdtry_end(0, 0, &t));
	assert_true(ka_cmdtry_end(127 << 8, ENOEXEC, &t));
	assert_int_equal(t.answer, KA_CMDTRY_UNRUN);
	assert_int_equal(t.number, ENOEXEC);
	assert_true(ka_cmdtry_end(127 << 8, 0, &t));
	assert_int_equal(t.answer, KA_CMDTRY_STATUS);
	assert_int_equal(t.number, 127);
	assert_true(ka_cmdtry_end(SIGABRT | 0x80, 0, &t)); /* with a core */
	assert_int_equal(t.answer, KA_CMDTRY_SIGNAL);
	assert_int_equal(t.number, SIGABRT);
	assert_true(ka_cmdtry_end(-1, 0, &t));
	assert_int_equal(t.answer, KA_CMDTRY_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(run__rubbish__says_how_it_begins, begin),
		cmocka_unit_test_setup(run__keys_or_nothing__is_fine, begin),
		cmocka_unit_test_setup(run__the_offered_key__is_listed, begin),
		cmocka_unit_test_setup(run__a_bad_end__is_told, begin),
		cmocka_unit_test_setup(run__rights_and_environment__are_the_users, begin),
		cmocka_unit_test_setup(run__what_sshd_would_run_as_root__is_not_run, begin),
		cmocka_unit_test_setup(kept__nobody_asks_by_hand__is_recalled, begin),
		cmocka_unit_test_setup(kept__damaged__says_nothing, begin),
		cmocka_unit_test_setup(end__of_a_child__is_told_apart, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
