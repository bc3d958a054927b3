/* keyaudit collect, as far as it says no: its words, who may run it, a place that is not as it should be. */
#include "keyaudit/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/paths.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/case/pidns.h"
#include "keyaudit/collect/watch.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/nocaseevent.h"

#include "base/poison.h"

static const char *conf_path;
static enum ka_err open_err, watch_err;
static enum ka_reason conf_reason;
static enum ka_pidns_answer pidns;
static struct ka_watch_result result;

/* these stand before those in the archive: nothing of this machine is touched */
enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *path, char *why, size_t size)
{
	(void)provider;
	conf_path = path;
	w->conf_reason = conf_reason;
	w->conf.trail = "/var/log/t";
	memcpy(w->conf_text, "/etc/k:1: no", sizeof("/etc/k:1: no"));
	if (open_err != KA_ERR_OK)
		ka_span_copy(ka_span_of("no place"), why, size);
	return open_err;
}

enum ka_pidns_answer ka_pidns_settle(const struct ka_rundir *dirs, char *why, size_t size)
{
	(void)dirs;
	ka_span_copy(ka_span_of("another namespace"), why, size);
	return pidns;
}

enum ka_err ka_watch_run(struct ka_writer **w, bool once, bool talk, struct ka_watch_result *out)
{
	(void)w;
	(void)talk;
	if (!once)
		_exit(98);
	*out = result;
	return watch_err;
}

static int plain(void **state)
{
	(void)state;
	open_err = watch_err = KA_ERR_OK;
	conf_reason = KA_REASON_NONE;
	pidns = KA_PIDNS_OURS;
	result = (struct ka_watch_result){ 0, 0 };
	return 0;
}

static bool as_we_are(void)
{
	return true;
}

/* in a child: it changes the umask and the limits of its process */
#define COLLECT(before, ...) caught_verb_of((before), ka_cmd_collect, "collect", (const char *const[]){ __VA_ARGS__, NULL })

static void usage__bad_words__table(void **state)
{
	static const char *const words[] = { "x", "--watchful", "--json", "-", "-c", "a\x1b[2J\nb", "--watch=yes", "-cFILE" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		if (COLLECT(as_we_are, words[i]) != KA_EXIT_USAGE)
			fail_msg("%s", words[i]);
		assert_string_equal(caught_out, "");
		assert_true(caught_is_plain(caught_err));
	}
	assert_int_equal(COLLECT(as_we_are, "-c"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "a value is missing behind \"-c\""));
	assert_int_equal(COLLECT(as_we_are, "--verbose", "--help"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "examples:"));
}

static void rights__not_root__is_77_whatever_is_asked(void **state)
{
	(void)state;
	assert_int_equal(COLLECT(caught_as_nobody, NULL), KA_EXIT_NOPERM);
	assert_non_null(strstr(caught_err, "must be root"));
	assert_int_equal(COLLECT(caught_as_nobody, "--watch"), KA_EXIT_NOPERM);
	assert_int_equal(COLLECT(caught_as_nobody, "--nonsense"), KA_EXIT_USAGE);
}

static void place__not_as_it_should_be__is_undecided(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	open_err = KA_ERR_SYNTAX;
	assert_int_equal(COLLECT(as_we_are, NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit collect: no place\n");
	plain(NULL);
	pidns = KA_PIDNS_OTHER;
	assert_int_equal(COLLECT(as_we_are, NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit collect: another namespace\n");
	plain(NULL);
	watch_err = KA_ERR_SYS;
	assert_int_equal(COLLECT(as_we_are, NULL), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "what was not written stays in " KA_PATH_RUN));
}

static void once__written_and_waiting__statuses_and_words(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	result.written = 1;
	assert_int_equal(COLLECT(as_we_are, NULL), KA_EXIT_FINE);
	assert_string_equal(caught_err, "keyaudit collect: 1 event written\n");
	result = (struct ka_watch_result){ .written = 0, .waiting = 1 };
	assert_int_equal(COLLECT(as_we_are, NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit collect: 0 events written\n"
					"keyaudit collect: 1 connection waits: the trail /var/log/t could not be written, or another process has them\n");
	result.waiting = 0;
	conf_reason = KA_REASON_CONF_INVALID; /* said, and the work goes on with the defaults */
	assert_int_equal(COLLECT(as_we_are, NULL), KA_EXIT_FINE);
	assert_int_equal(strncmp(caught_err, "keyaudit collect: warning: conf.invalid: /etc/k:1: no\n", 54), 0);
}

#define T(f) cmocka_unit_test_setup(f, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(usage__bad_words__table),
		T(rights__not_root__is_77_whatever_is_asked),
		T(place__not_as_it_should_be__is_undecided),
		T(once__written_and_waiting__statuses_and_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
