/* keyaudit doctor, as far as its words decide: who may ask, what reaches the diagnosis, and the exit status. */
#include "keyaudit/cmd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "diag/diagnosis.h"
#include "keyaudit/doctor/doctor_show.h"
#include "keyaudit/doctor/install_check.h"
#include "keyaudit/doctor/lastrefusal.h"
#include "keyaudit/doctor/nextlogin.h"
#include "source/confload.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_lastrefusal last;
static struct ka_diag_subject asked;
static struct ka_offer offered[KA_DIAG_OFFERS_MAX];
static unsigned diagnoses;
static enum ka_err diagnosis_err;
static bool finds_something;
static enum ka_install_state install_state;

/* these stand before those in the archive: no file, no sshd and no trail of this machine may decide a test */
enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out, struct ka_conf_errors *errors)
{
	(void)path;
	(void)errors;
	ka_conf_default(conf);
	memset(out, 0, sizeof(*out));
	return KA_ERR_OK;
}

void ka_lastrefusal_find(const char *trail, const char *user, struct ka_lastrefusal *out)
{
	(void)trail;
	(void)user;
	*out = last;
}

/* the attempt comes at once */
enum ka_err ka_nextlogin_wait(const char *trail, const char *user, struct ka_lastrefusal *out)
{
	(void)trail;
	(void)user;
	*out = last;
	return KA_ERR_OK;
}

static bool collects;

bool ka_install_is_collecting(void)
{
	return collects;
}

enum ka_err ka_diagnosis_run(struct ka_diag_subject *subject, struct ka_diagnosis *out)
{
	memset(out, 0, sizeof(*out));
	asked = *subject;
	memcpy(offered, subject->offers, sizeof(offered));
	out->has_primary = finds_something;
	diagnoses++;
	return diagnosis_err;
}

void ka_doctor_show_user(const struct ka_diag_subject *s, const struct ka_diagnosis *d, const struct ka_lastrefusal *l)
{
	(void)s;
	(void)d;
	(void)l;
}

void ka_doctor_show_install(const struct ka_install *list)
{
	(void)list;
}

enum ka_err ka_install_check(const char *conf_path, struct ka_install *out)
{
	memset(out, 0, sizeof(*out));
	out->count = 2;
	out->items[1].state = install_state;
	return conf_path != NULL && strcmp(conf_path, "/fault") == 0 ? KA_ERR_NOMEM : KA_ERR_OK;
}

#define DOCTOR(...) CAUGHT(ka_cmd_doctor, "doctor", __VA_ARGS__)

static char dir[64], file[96];

static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-doctor-XXXXXX";

	(void)state;
	memcpy(dir, pattern, sizeof(pattern));
	memset(&last, 0, sizeof(last));
	memset(&asked, 0, sizeof(asked));
	diagnoses = 0;
	diagnosis_err = KA_ERR_OK;
	finds_something = false;
	install_state = KA_INSTALL_OK;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/key", dir);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	unlink(file);
	rmdir(file);
	return rmdir(dir);
}

static void put(const char *text, size_t len)
{
	KA_AUTOCLOSE int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(ka_fd_write_all(fd, text, len), KA_ERR_OK);
}

/* one user whom every system has, and who is us where the test is not run by root */
static const char *user(void)
{
	return geteuid() == 0 ? "root" : getenv("USER") != NULL ? getenv("USER") : "root";
}

static void usage__nothing_is_looked_at(void **state)
{
	(void)state;
	assert_int_equal(DOCTOR("root", "--key"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "a value is missing behind \"--key\""));
	assert_int_equal(diagnoses, 0);
	assert_int_equal(DOCTOR("--help"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "examples:"));
}

static void user__unknown__status_4_and_escaped(void **state)
{
	static const char *const names[] = { "no such user\x1b[2J\n", "", "../x", "\xff\xfe" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		assert_int_equal(DOCTOR(names[i]), KA_EXIT_UNKNOWN);
		assert_true(caught_is_plain(caught_err));
		assert_int_equal(diagnoses, names[i][0] != '\0'); /* a finding like others, but for no name at all */
		diagnoses = 0;
		assert_int_equal(DOCTOR(names[i], "--watch"), KA_EXIT_UNKNOWN);
		assert_ptr_equal(strchr(caught_err, '\n'), caught_err + strlen(caught_err) - 1);
		assert_non_null(strstr(caught_err, "no such user here"));
	}
	assert_int_equal(diagnoses, 0);
}

/* an ordinary user is told so, and nothing is looked at */
static void user__another_one__only_root_may_look(void **state)
{
	static const char *const words[] = { "root", NULL };

	(void)state;
	assert_int_equal(caught_verb_of(caught_as_nobody, ka_cmd_doctor, "doctor", words), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit doctor: root: only root can look at another user's files as sshd does: use sudo\n");
}

static void key__what_is_none__usage_and_why(void **state)
{
	(void)state;
	assert_int_equal(DOCTOR(user(), "--key", "SHA256:abc"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "--key: not a fingerprint (SHA256: and 43 characters of base64): \"SHA256:abc\""));
	assert_int_equal(DOCTOR(user(), "--key", "/nonexistent/\x1b[2J\n"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "--key: there is no such file: \"/nonexistent/\\x1b[2J\\x0a\""));
	assert_true(caught_is_plain(caught_err));
	put("b3BlbnNzaC1rZXktdjE\n\xff\x1b[2J\n", 25);
	assert_int_equal(DOCTOR(user(), "--key", file), KA_EXIT_USAGE);
	assert_null(strstr(caught_err, "b3Blbn"));
	assert_int_equal(diagnoses, 0);
}

static void key__asked_about__reaches_the_diagnosis(void **state)
{
	static struct ka_keysample sample;

	(void)state;
	ka_keysample_find("rsa1024", &sample);
	put(sample.line, sample.text.len);
	DOCTOR(user(), "--key", file);
	assert_int_equal(asked.offers_count, 1);
	assert_string_equal(offered[0].fp, sample.fingerprint);
	assert_false(asked.is_general);
	DOCTOR(user());
	assert_true(asked.is_general);
	last.offers_count = KA_EVENT_OFFERS_MAX;
	memcpy(last.address, "192.0.2.7", 10);
	DOCTOR(user());
	assert_int_equal(asked.offers_count, KA_EVENT_OFFERS_MAX);
	assert_string_equal(asked.address, "192.0.2.7");
}

static void watch__the_next_attempt__is_what_is_asked_about(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	last.offers_count = 1;
	assert_true(ka_span_copy(ka_span_of("192.0.2.9"), last.address, sizeof(last.address)));
	assert_true(ka_span_copy(ka_span_of("2026-08-23T10:15:42Z"), last.at, sizeof(last.at)));
	collects = true;
	assert_int_equal(DOCTOR("root", "--watch"), KA_EXIT_FINE);
	assert_string_equal(caught_err, "keyaudit doctor: waiting for the next attempt of root (Ctrl-C ends it)\n");
	assert_string_equal(asked.address, "192.0.2.9");
	assert_int_equal(asked.offers_count, 1);
	collects = false;
	assert_int_equal(DOCTOR("root", "--watch"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_err, "systemctl start keyaudit-collect"));
	assert_int_equal(DOCTOR("--watch"), KA_EXIT_USAGE);
	assert_int_equal(DOCTOR("root", "--watch", "--from", "192.0.2.1"), KA_EXIT_USAGE);
	assert_int_equal(DOCTOR("root", "--watch", "--fix"), KA_EXIT_USAGE);
}

static void status__what_was_found(void **state)
{
	(void)state;
	if (geteuid() == 0)
		assert_int_equal(DOCTOR(user()), KA_EXIT_FINE);
	finds_something = true;
	assert_int_equal(DOCTOR(user()), KA_EXIT_FINDINGS);
	diagnosis_err = KA_ERR_NOMEM;
	assert_int_equal(DOCTOR(user()), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit doctor: out of memory or processes\n");
	assert_int_equal(DOCTOR(NULL), KA_EXIT_FINE);
	install_state = KA_INSTALL_FAIL;
	assert_int_equal(DOCTOR("-c", "/x"), KA_EXIT_FINDINGS);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(usage__nothing_is_looked_at),
		T(user__unknown__status_4_and_escaped),
		T(user__another_one__only_root_may_look),
		T(key__what_is_none__usage_and_why),
		T(key__asked_about__reaches_the_diagnosis),
		T(watch__the_next_attempt__is_what_is_asked_about),
		T(status__what_was_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
