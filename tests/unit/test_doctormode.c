/* keyaudit/doctormode: the exit status of the modes that are not about one user. */
#include "keyaudit/doctor/doctormode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/doctor/allshow.h"
#include "keyaudit/doctor/allusers.h"
#include "keyaudit/doctor/doctor_json.h"
#include "keyaudit/doctor/doctor_show.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/screen/exit.h"
#include "source/confload.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static enum ka_install_state install_state;
static struct ka_doctorargs args;
static enum ka_err conf_err, list_err, run_err;
static enum ka_alluser_state found;
static char shown; /* t: text, j: JSON */
static char address[64];
static unsigned lists, frees;

/* these stand before those in the archive: nothing of this machine may decide a test */
enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out, struct ka_conf_errors *errors)
{
	(void)path;
	(void)errors;
	ka_conf_default(conf);
	memset(out, 0, sizeof(*out));
	return conf_err;
}

enum ka_err ka_install_check(const char *conf_path, struct ka_install *out)
{
	memset(out, 0, sizeof(*out));
	out->count = 2;
	out->items[1].state = install_state;
	return conf_path != NULL && strcmp(conf_path, "/fault") == 0 ? KA_ERR_NOMEM : KA_ERR_OK;
}

void ka_doctor_show_install(const struct ka_install *list)
{
	(void)list;
	shown = 't';
}

void ka_doctor_json_install(const struct ka_install *list)
{
	(void)list;
	shown = 'j';
}

enum ka_err ka_allusers_list(struct ka_allusers *out)
{
	memset(out, 0, sizeof(*out));
	lists++;
	return list_err;
}

enum ka_err ka_allusers_run(struct ka_allusers *all, const struct ka_diag_subject *base, unsigned workers, struct ka_progress *bar)
{
	(void)bar;
	assert_true(workers > 0);
	assert_true(base->is_general);
	assert_true(ka_span_copy(ka_span_of(base->address), address, sizeof(address)));
	all->sum[found]++;
	return run_err;
}

void ka_allusers_free(struct ka_allusers *all)
{
	(void)all;
	frees++;
}

void ka_allshow_text(const struct ka_allusers *all)
{
	(void)all;
	shown = 't';
}

void ka_allshow_json(const struct ka_allusers *all)
{
	(void)all;
	shown = 'j';
}

static int begin(void **state)
{
	(void)state;
	memset(&args, 0, sizeof(args));
	conf_err = list_err = run_err = KA_ERR_OK;
	install_state = KA_INSTALL_OK;
	found = KA_ALLUSER_OK;
	lists = frees = 0;
	shown = '-';
	address[0] = '\0';
	return 0;
}

static int run(int (*mode)(const struct ka_doctorargs *))
{
	int status;

	caught_begin();
	status = mode(&args);
	caught_end();
	return status;
}

static void install__the_worst_decides(void **state)
{
	(void)state;
	assert_int_equal(run(ka_doctormode_install), KA_EXIT_FINE);
	assert_int_equal(shown, 't');
	install_state = KA_INSTALL_WARN;
	assert_int_equal(run(ka_doctormode_install), KA_EXIT_FINE);
	install_state = KA_INSTALL_FAIL;
	args.conf_path = "/x";
	args.json = true;
	assert_int_equal(run(ka_doctormode_install), KA_EXIT_FINDINGS);
	assert_int_equal(shown, 'j');
	args.conf_path = "/fault";
	assert_int_equal(run(ka_doctormode_install), KA_EXIT_UNDECIDED);
}

static void all__what_was_found__decides(void **state)
{
	static const struct { enum ka_alluser_state found; bool strict; int status; } rows[] = {
		{ KA_ALLUSER_OK, true, KA_EXIT_FINE },
		{ KA_ALLUSER_NONE, true, KA_EXIT_FINE },
		{ KA_ALLUSER_WARN, false, KA_EXIT_FINE },
		{ KA_ALLUSER_WARN, true, KA_EXIT_FINDINGS },
		{ KA_ALLUSER_FAIL, false, KA_EXIT_FINDINGS },
		{ KA_ALLUSER_UNKNOWN, false, KA_EXIT_UNDECIDED },
	};

	(void)state;
	if (geteuid() != 0)
		skip();
	args.from = "192.0.2.1";
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		found = rows[i].found;
		args.strict = rows[i].strict;
		args.json = i % 2 == 0;
		assert_int_equal(run(ka_doctormode_all), rows[i].status);
		assert_int_equal(shown, args.json ? 'j' : 't');
		assert_string_equal(address, "192.0.2.1");
		assert_int_equal(frees, i + 1);
	}
}

static void all__trouble__is_told(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	list_err = KA_ERR_LIMIT;
	assert_int_equal(run(ka_doctormode_all), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit doctor: --all-users: more accounts than are looked at in one run\n");
	list_err = KA_ERR_NOMEM;
	assert_int_equal(run(ka_doctormode_all), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit doctor: out of memory or processes\n");
	list_err = KA_ERR_OK;
	run_err = KA_ERR_SYS;
	assert_int_equal(run(ka_doctormode_all), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit doctor: out of memory or processes\n");
	lists = 0;
	conf_err = KA_ERR_NOMEM;
	assert_int_equal(run(ka_doctormode_all), KA_EXIT_UNDECIDED);
	assert_int_equal(lists, 0);
}

static int all_of_nobody(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ka_doctormode_all(&args);
}

static void all__without_root__nothing_is_looked_at(void **state)
{
	static const char *const words[] = { NULL };

	(void)state;
	assert_int_equal(caught_verb_of(caught_as_nobody, all_of_nobody, "doctor", words), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit doctor: --all-users: only root can look at other users' files as sshd does: use sudo\n");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, begin)
	const struct CMUnitTest tests[] = {
		T(install__the_worst_decides),
		T(all__what_was_found__decides),
		T(all__trouble__is_told),
		T(all__without_root__nothing_is_looked_at),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
