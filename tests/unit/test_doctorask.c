/* keyaudit/doctorask: which key is asked about, and what is wrong with --key. */
#include "keyaudit/doctor/doctorask.h"

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
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_lastrefusal last;
static enum ka_reason conf_reason;
static struct ka_doctorask asked;
static char dir[64], file[96];

/* these stand before those in the archive: no file and no trail of this machine may decide a test */
enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out, struct ka_conf_errors *errors)
{
	(void)errors;
	ka_conf_default(conf);
	conf->trail = "/read";
	memset(out, 0, sizeof(*out));
	out->reason = conf_reason;
	return path != NULL && strcmp(path, "/fault") == 0 ? KA_ERR_NOMEM : KA_ERR_OK;
}

void ka_lastdrop_find(const char *trail, int64_t now_sec, const char *user, const char *address, struct ka_lastdrop *out)
{
	assert_string_equal(trail, "/read");
	assert_string_equal(user, "alice");
	assert_true(now_sec > 0);
	assert_string_equal(address, asked.subject.address);
	memcpy(out->at, "then", 5);
	out->reason = KA_REASON_CONN_MAX_STARTUPS;
}

static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-doctor-XXXXXX";

	(void)state;
	memcpy(dir, pattern, sizeof(pattern));
	memset(&last, 0, sizeof(last));
	conf_reason = KA_REASON_NONE;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/key", dir);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(dir);
}

static void put(const char *text, size_t len)
{
	KA_AUTOCLOSE int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(ka_fd_write_all(fd, text, len), KA_ERR_OK);
}

static const char *ask(const char *key, const char *from)
{
	static struct ka_doctorargs args;

	args = (struct ka_doctorargs){ .user = "alice", .key = key, .from = from };
	memset(&asked, 0, sizeof(asked));
	assert_true(ka_doctorask_begin(&asked, &args));
	asked.last = last;
	return ka_doctorask_user(&asked);
}

static void key__what_is_none__why(void **state)
{
	static const struct { const char *key, *says; } rows[] = {
		{ "SHA256:abc", "not a fingerprint (SHA256: and 43 characters of base64):" },
		{ "SHA256:", "not a fingerprint (SHA256: and 43 characters of base64):" },
		{ "/nonexistent/key", "there is no such file:" },
		{ "/dev/null/key", "there is no such file:" },
		{ "/tmp", "cannot be read as a file:" },
		{ "", "there is no such file:" },
	};
	static const char nothing[] = "# nothing\n\n-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE\n\xff\x1b[2J\n";

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_string_equal(ask(rows[i].key, NULL), rows[i].says);
		assert_int_equal(asked.subject.offers_count, 0);
	}
	put(nothing, sizeof(nothing) - 1);
	assert_string_equal(ask(file, NULL), "there is no public key in:");
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_non_null(ask(file, NULL)); /* nobody is waited for */
}

static void key__file_size__up_to_the_limit(void **state)
{
	static char text[KA_CONF_FILE_MAX + 2];
	static struct ka_keysample sample;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	for (size_t n = KA_CONF_FILE_MAX - 1; n <= KA_CONF_FILE_MAX + 1; n++) {
		memset(text, '\n', n);
		memcpy(text + n - sample.text.len, sample.line, sample.text.len);
		put(text, n);
		assert_int_equal(ask(file, NULL) != NULL, n > KA_CONF_FILE_MAX);
	}
}

/* sshd takes a certificate of 256 names, of which no record holds the text */
static void key__large_certificate__is_known_whole(void **state)
{
	char text[8192], *end;
	FILE *from = fopen("tests/data/certs/many.pub", "r");
	size_t n;

	(void)state;
	assert_non_null(from);
	n = fread(text, 1, sizeof(text) - 1, from);
	fclose(from);
	text[n] = '\0';
	put(text, n);
	assert_null(ask(file, NULL));
	end = strchr(strchr(text, ' ') + 1, ' ');
	assert_non_null(end);
	*end = '\0';
	assert_true(strlen(strchr(text, ' ') + 1) > KA_RECORD_KEY_MAX);
	assert_string_equal(ka_offer_key(&asked.offers[0]), strchr(text, ' ') + 1);
	assert_string_equal(asked.offers[0].key, "");
	assert_string_equal(asked.offers[0].type, "ssh-ed25519-cert-v01@openssh.com");
}

static void key__asked_about__file_fingerprint_or_the_last_refusal(void **state)
{
	static struct ka_keysample sample;

	(void)state;
	ka_keysample_find("rsa1024", &sample); /* a key that only we refuse may well be offered */
	put(sample.line, sample.text.len);
	assert_null(ask(file, NULL));
	assert_int_equal(asked.subject.offers_count, 1);
	assert_string_equal(asked.offers[0].fp, sample.fingerprint);
	assert_string_equal(asked.offers[0].type, "ssh-rsa");
	assert_int_equal(strlen(asked.offers[0].key), sample.base64.len);
	assert_false(asked.subject.is_general);
	assert_true(asked.subject.by_hand && asked.subject.may_ask);
	assert_string_equal(asked.subject.user, "alice");
	assert_non_null(asked.subject.look_ban);
	assert_null(ask(sample.fingerprint, "2001:db8::1"));
	assert_int_equal(asked.subject.offers_count, 1);
	assert_string_equal(asked.offers[0].fp, sample.fingerprint);
	assert_string_equal(asked.offers[0].key, "");
	assert_string_equal(asked.subject.address, "2001:db8::1");
	assert_null(ask(NULL, NULL));
	assert_int_equal(asked.subject.offers_count, 0);
	assert_true(asked.subject.is_general);
	last.offers_count = KA_EVENT_OFFERS_MAX;
	memcpy(last.address, "192.0.2.7", 10);
	memcpy(last.at, "t", 2);
	memcpy(last.offers[0].fp, sample.fingerprint, strlen(sample.fingerprint));
	assert_null(ask(NULL, NULL));
	assert_int_equal(asked.subject.offers_count, KA_EVENT_OFFERS_MAX);
	assert_string_equal(asked.offers[0].fp, sample.fingerprint);
	assert_string_equal(asked.subject.address, "192.0.2.7");
	assert_null(ask(NULL, "10.0.0.1")); /* what is said now comes first */
	assert_string_equal(asked.subject.address, "10.0.0.1");
}

/* what the last refusal was called then is a witness, as long as nobody names another key or has logged in since */
static void recorded__the_last_refusal__stands_beside(void **state)
{
	static struct ka_keysample sample;

	(void)state;
	ka_keysample_find("ed25519", &sample);
	assert_null(ask(NULL, NULL));
	assert_null(asked.subject.recorded);
	memcpy(last.at, "t", 2);
	memcpy(last.why, "w", 2);
	memcpy(last.path, "/p", 3);
	last.line = 7;
	last.code = KA_REASON_LINE_WRAPPED;
	last.offers_count = 2;
	last.offered[1] = KA_REASON_CERT_CA_NOT_MARKED;
	assert_null(ask(NULL, NULL));
	assert_ptr_equal(asked.subject.recorded, &asked.recorded);
	assert_int_equal(asked.recorded.reason, KA_REASON_LINE_WRAPPED);
	assert_string_equal(asked.recorded.at, "t");
	assert_string_equal(asked.recorded.why, "w");
	assert_string_equal(asked.recorded.path, "/p");
	assert_int_equal(asked.recorded.line, 7);
	assert_int_equal(asked.recorded.offers[0], KA_REASON_NONE);
	assert_int_equal(asked.recorded.offers[1], KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(asked.offers[0].ca_line, 0);
	assert_int_equal(asked.offers[1].ca_line, 7);
	assert_null(ask(sample.fingerprint, NULL));
	assert_null(asked.subject.recorded);
	last.is_over = true;
	assert_null(ask(NULL, NULL));
	assert_null(asked.subject.recorded);
	assert_int_equal(asked.offers[1].ca_line, 0);
}

static void dropped__the_last_drop__stands_beside(void **state)
{
	(void)state;
	assert_null(ask(NULL, "192.0.2.1"));
	assert_ptr_equal(asked.subject.dropped, &asked.dropped);
	assert_int_equal(asked.dropped.reason, KA_REASON_CONN_MAX_STARTUPS);
	assert_string_equal(asked.dropped.at, "then");
}

/* a broken configuration: the subject has none, and the defaults say where the trail is */
static void conf__broken__the_defaults(void **state)
{
	static const enum ka_reason broken[] = { KA_REASON_CONF_INVALID, KA_REASON_CONF_UNSAFE };
	struct ka_doctorargs args = { .conf_path = "/x" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(broken); i++) {
		conf_reason = broken[i];
		memset(&asked, 0, sizeof(asked));
		assert_true(ka_doctorask_begin(&asked, &args));
		assert_null(asked.subject.conf);
		assert_string_not_equal(asked.conf.trail, "/read");
	}
	conf_reason = KA_REASON_CONF_DISABLED;
	assert_true(ka_doctorask_begin(&asked, &args));
	assert_ptr_equal(asked.subject.conf, &asked.conf);
	assert_string_equal(asked.conf.trail, "/read");
	assert_string_equal(asked.subject.conf_path, "/x");
	args.conf_path = "/fault";
	assert_false(ka_doctorask_begin(&asked, &args));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(key__what_is_none__why),
		T(key__file_size__up_to_the_limit),
		T(key__large_certificate__is_known_whole),
		T(key__asked_about__file_fingerprint_or_the_last_refusal),
		T(recorded__the_last_refusal__stands_beside),
		T(dropped__the_last_drop__stands_beside),
		T(conf__broken__the_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
