/*
 * keyaudit/sourcecheckhttp: the first thing that a store's client lacks on this host, in a root of the test's own. Rights are
 * counted and not taken; the files that the fetcher alone reads have their own test (test_sourcecheckfile.c).
 */
#include "keyaudit/config/sourcecheckhttp.h"

#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "base/paths.h"
#include "base/rights.h"
#include "base/text.h"
#include "keyaudit/config/sourcecheckfile.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define KEY_A "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"

static struct ka_conf_source source;
static struct ka_sourcecheck c;
static uid_t fetch_uid;
static bool no_user, are_taken;
static unsigned taken, files;
static enum ka_err rights_say, file_says;
static struct ka_sourcecheckfile asked[8];
static const char *wrong_key;

/* these stand before the ones of libc and in the archive */
struct passwd *getpwnam(const char *name)
{
	static struct passwd pw;

	assert_string_equal(name, "_keyfetch");
	pw.pw_uid = fetch_uid;
	return no_user ? NULL : &pw;
}

enum ka_err ka_rights_take(const char *user, struct ka_rights *r)
{
	assert_string_equal(user, "_keyaudit");
	memset(r, 0, sizeof(*r));
	are_taken = rights_say == KA_ERR_OK;
	taken++;
	return rights_say;
}

void ka_rights_give_back(struct ka_rights *r)
{
	(void)r;
	assert_true(are_taken);
	are_taken = false;
}

enum ka_err ka_sourcecheckfile_look(const struct ka_sourcecheckfile *f, enum ka_reason *reason, struct ka_buf *out)
{
	assert_false(are_taken);
	assert_true(files < 8);
	asked[files++] = *f;
	*reason = KA_REASON_NONE;
	if (wrong_key != NULL && strcmp(f->key, wrong_key) == 0) {
		*reason = KA_REASON_CONF_UNSAFE;
		ka_buf_text(out, f->key);
		ka_buf_text(out, ": others may read it");
	}
	return file_says;
}

static void mkdirs(const char *path, mode_t mode, uid_t uid)
{
	char part[256];

	for (size_t i = 1; path[i] != '\0'; i++)
		if (path[i] == '/' && ka_span_copy(ka_span_sub(ka_span_of(path), 0, i), part, sizeof(part)))
			trustroot_dir(part, 0755, 0);
	trustroot_dir(path, mode, uid);
}

static void fetcher(mode_t mode)
{
	mkdirs(KA_LIBEXECDIR "/keyaudit", 0755, 0);
	unlink(KA_PATH_FETCH);
	trustroot_file(KA_PATH_FETCH, 0755, 0, "");
	assert_int_equal(chmod(KA_PATH_FETCH, mode), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&c, 0, sizeof(c));
	source = (struct ka_conf_source){
		.name = "store", .kind = KA_CONF_KIND_HTTP, .url = "https://keys.example.com/%u.keys", .format = KA_CONF_FORMAT_LINES,
		.fetch = KA_CONF_FETCH_ON_MISS, .ca_file = "", .client_cert = "", .client_key = "", .token_file = "", .unix_socket = "",
		.index_url = "", .revoked_url = "",
	};
	fetch_uid = 0; /* of this root */
	no_user = are_taken = false;
	taken = files = 0;
	rights_say = file_says = KA_ERR_OK;
	wrong_key = NULL;
	fetcher(04750);
	rmdir(KA_PATH_CACHE);
	unlink(KA_PATH_CACHE);
	mkdirs(KA_PATH_CACHE, 02750, 0);
	return 0;
}

static const char *look(void)
{
	memset(&c, 0, sizeof(c));
	files = 0;
	assert_int_equal(ka_sourcecheckhttp_look(&source, &c), KA_ERR_OK);
	assert_false(are_taken);
	assert_true(c.text[0] != '\0' && ka_text_is_plain(ka_span_of(c.text)));
	assert_true(c.reason == KA_REASON_NONE || !c.is_warning);
	return ka_reason_id(c.reason);
}

#define LOOK(id, said) \
	do { \
		assert_string_equal(look(), id); \
		assert_string_equal(c.text, said); \
	} while (0)

/* ---- signers ---- */

static const char *signed_by(const char *text)
{
	source.format = KA_CONF_FORMAT_SIGNED;
	source.signers = "/etc/signers";
	trustroot_dir("/etc", 0755, 0);
	unlink("/etc/signers");
	trustroot_file("/etc/signers", 0644, 0, text);
	return look();
}

static void signers__good__is_fine(void **state)
{
	(void)state;
	source.threshold = 1;
	assert_string_equal(signed_by("# who signs\nops namespaces=\"keyaudit\" " KEY_A "\n"), "-");
	assert_int_equal(taken, 1);
	assert_string_equal(signed_by("ops " KEY_A "\n"), "-");
}

static void signers__too_few_today__says_how_many(void **state)
{
	(void)state;
	source.threshold = 2;
	assert_string_equal(signed_by("ops " KEY_A "\n"), "conf.invalid");
	assert_string_equal(c.text, "signers: 1 of those who are named may sign today, and the threshold is 2");
	source.threshold = 1;
	assert_string_equal(signed_by(""), "conf.invalid");
	assert_string_equal(c.text, "signers: 0 of those who are named may sign today, and the threshold is 1");
	assert_string_equal(signed_by("ops valid-before=\"20200101Z\" " KEY_A "\n"), "conf.invalid");
	assert_string_equal(signed_by("ops valid-after=\"20990101Z\" " KEY_A "\n"), "conf.invalid");
	assert_string_equal(signed_by("ops valid-after=\"20200101Z\",valid-before=\"20990101Z\" " KEY_A "\n"), "-");
}

static void signers__a_line_is_wrong__says_which(void **state)
{
	(void)state;
	source.threshold = 1;
	assert_string_equal(signed_by("ops " KEY_A "\n\n*@example.com\x1b[2J " KEY_A "\n"), "conf.invalid");
	assert_ptr_equal(strstr(c.text, "signers: line 3: "), c.text);
	assert_int_equal(files, 0); /* the first thing that is wrong is enough */
}

static void signers__not_to_be_believed_or_not_there__says_where(void **state)
{
	(void)state;
	source.threshold = 1;
	signed_by("ops " KEY_A "\n");
	assert_int_equal(chmod("/etc/signers", 0666), 0);
	assert_string_equal(look(), "conf.unsafe");
	assert_ptr_equal(strstr(c.text, "signers: /etc/signers: mode 0666"), c.text);
	assert_non_null(strstr(c.text, "mend: chmod go-w /etc/signers"));
	assert_int_equal(unlink("/etc/signers"), 0);
	assert_string_equal(look(), "conf.invalid");
	assert_ptr_equal(strstr(c.text, "signers: /etc/signers: "), c.text);
	assert_int_equal(symlink("/etc/other", "/etc/signers"), 0);
	assert_string_equal(look(), "conf.unsafe");
	source.signers = "/etc/no\x1b[2Jne\n";
	assert_string_equal(look(), "conf.invalid");
	assert_non_null(strstr(c.text, "no\\x1b[2Jne\\x0a"));
}

static void signers__limits__are_kept(void **state)
{
	static char text[KA_SIGNERS_FILE_MAX + 2], path[KA_PATH_TRUSTED_MAX + 8];
	const size_t line = strlen("ops " KEY_A "\n");

	(void)state;
	source.threshold = 1;
	memset(text, '\n', sizeof(text) - 1);
	memcpy(text, "ops " KEY_A, line - 1);
	assert_string_equal(signed_by(text), "conf.invalid"); /* one byte too many */
	assert_string_equal(c.text, "signers: the file is too large, or cannot be read");
	text[KA_SIGNERS_FILE_MAX] = '\0';
	assert_string_equal(signed_by(text), "-");
	memset(path, 'a', sizeof(path) - 1);
	path[0] = '/';
	source.signers = path;
	LOOK("conf.invalid", "signers: the path is too long or too deep");
}

/* what is read by the command is looked at with its rights, and by no other format */
static void signers__other_format__are_not_read(void **state)
{
	(void)state;
	source.signers = "/nowhere";
	source.format = KA_CONF_FORMAT_LINES;
	assert_string_equal(look(), "-");
	source.format = KA_CONF_FORMAT_JSON;
	assert_string_equal(look(), "-");
}

/* ---- the fetcher ---- */

static void fetcher__user_or_program_missing__cannot_be_asked(void **state)
{
	(void)state;
	no_user = true;
	LOOK("store.unreachable", "there is no user _keyfetch; mend: systemd-sysusers keyaudit.conf");
	no_user = false;
	assert_int_equal(unlink(KA_PATH_FETCH), 0);
	LOOK("store.unreachable", KA_PATH_FETCH " is not there; install keyaudit again");
	assert_int_equal(files, 0);
}

static void fetcher__mode_or_owner__must_be_exact(void **state)
{
	static const mode_t bad[] = { 0750, 04755, 04550, 06750, 04770, 04700, 05750 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fetcher(bad[i]);
		LOOK("store.unreachable", KA_PATH_FETCH " must be _keyfetch's with mode 4750; mend: systemd-tmpfiles --create keyaudit.conf");
	}
	fetcher(04750);
	assert_string_equal(look(), "-");
	fetch_uid = 61110; /* and it is root's */
	LOOK("store.unreachable", KA_PATH_FETCH " must be _keyfetch's with mode 4750; mend: systemd-tmpfiles --create keyaudit.conf");
}

static void fetcher__cache__must_be_its_directory(void **state)
{
	static const char said[] = KA_PATH_CACHE " must be a directory of _keyfetch's; mend: systemd-tmpfiles --create keyaudit.conf";

	(void)state;
	assert_int_equal(rmdir(KA_PATH_CACHE), 0);
	LOOK("store.unreachable", said);
	trustroot_file(KA_PATH_CACHE, 0640, 0, "");
	LOOK("store.unreachable", said);
	if (!trustroot_has_uids())
		return;
	assert_int_equal(unlink(KA_PATH_CACHE), 0);
	mkdirs(KA_PATH_CACHE, 02750, 61120);
	LOOK("store.unreachable", said);
}

/* ---- files, and what is fine ---- */

static void files__all_four__in_order_and_as_they_are_used(void **state)
{
	static const char *const keys[] = { "ca_file", "client_cert", "client_key", "token_file" };

	(void)state;
	source.ca_file = "/a";
	source.client_cert = "/b";
	source.client_key = "/c";
	source.token_file = "/d";
	for (int on_miss = 0; on_miss < 2; on_miss++) {
		source.fetch = on_miss ? KA_CONF_FETCH_ON_MISS : KA_CONF_FETCH_TIMER;
		assert_string_equal(look(), "-");
		assert_int_equal(files, 4);
		for (size_t i = 0; i < 4; i++) {
			const char path[] = { '/', (char)('a' + i), '\0' };

			assert_string_equal(asked[i].key, keys[i]);
			assert_string_equal(asked[i].path, path);
			assert_int_equal(asked[i].is_secret, i >= 2);
			assert_int_equal(asked[i].on_miss, on_miss);
		}
	}
	source.client_key = ""; /* then the certificate's file holds the key */
	assert_string_equal(look(), "-");
	assert_true(asked[1].is_secret);
}

static void files__one_is_wrong__the_others_are_not_looked_at(void **state)
{
	(void)state;
	wrong_key = "client_cert";
	LOOK("conf.unsafe", "client_cert: others may read it");
	assert_int_equal(files, 2);
	wrong_key = "token_file";
	LOOK("conf.unsafe", "token_file: others may read it");
}

static void look__no_memory__is_said(void **state)
{
	(void)state;
	file_says = KA_ERR_NOMEM;
	assert_int_equal(ka_sourcecheckhttp_look(&source, &c), KA_ERR_NOMEM);
	assert_int_equal(files, 1);
	rights_say = KA_ERR_NOMEM;
	assert_int_equal(ka_sourcecheckhttp_look(&source, &c), KA_ERR_NOMEM);
	assert_int_equal(files, 1);
}

static void look__all_is_there__says_who_asks(void **state)
{
	(void)state;
	LOOK("-", "all that it needs is here; the store itself was not asked");
	assert_false(c.is_warning);
	source.fetch = KA_CONF_FETCH_TIMER;
	LOOK("-", "all that it needs is here; the timer asks the store");
	assert_false(c.is_warning);
}

static void metadata__without_tls__is_a_warning(void **state)
{
	static const char *const bad[] = { "http://169.254.169.254/%u", "https://keys.example.com/%u  http://169.254.169.254/x",
					   "http://169.254.169.254:80/latest" };
	static const char *const good[] = { "https://169.254.169.254/%u", "https://169.254.169.254.example.com/", "http://127.0.0.1/%u" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		source.url = bad[i];
		LOOK("-", "all that it needs is here; the store itself was not asked. 169.254.169.254 is asked without TLS: right on a machine "
			  "of that cloud; anywhere else anybody in the same network segment can answer");
		assert_true(c.is_warning);
		source.unix_socket = "/run/x"; /* nobody else answers there */
		assert_string_equal(look(), "-");
		assert_false(c.is_warning);
		source.unix_socket = "";
	}
	source.url = good[0];
	source.revoked_url = bad[0];
	assert_string_equal(look(), "-");
	assert_true(c.is_warning);
	source.index_url = bad[1];
	source.revoked_url = good[1];
	assert_string_equal(look(), "-");
	assert_true(c.is_warning);
	source.index_url = source.revoked_url = "";
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		source.url = good[i];
		assert_string_equal(look(), "-");
		assert_false(c.is_warning);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(signers__good__is_fine, setup),
		cmocka_unit_test_setup(signers__too_few_today__says_how_many, setup),
		cmocka_unit_test_setup(signers__a_line_is_wrong__says_which, setup),
		cmocka_unit_test_setup(signers__not_to_be_believed_or_not_there__says_where, setup),
		cmocka_unit_test_setup(signers__limits__are_kept, setup),
		cmocka_unit_test_setup(signers__other_format__are_not_read, setup),
		cmocka_unit_test_setup(fetcher__user_or_program_missing__cannot_be_asked, setup),
		cmocka_unit_test_setup(fetcher__mode_or_owner__must_be_exact, setup),
		cmocka_unit_test_setup(fetcher__cache__must_be_its_directory, setup),
		cmocka_unit_test_setup(files__all_four__in_order_and_as_they_are_used, setup),
		cmocka_unit_test_setup(files__one_is_wrong__the_others_are_not_looked_at, setup),
		cmocka_unit_test_setup(look__no_memory__is_said, setup),
		cmocka_unit_test_setup(look__all_is_there__says_who_asks, setup),
		cmocka_unit_test_setup(metadata__without_tls__is_a_warning, setup),
	};

	return trustroot_run(tests, NULL);
}
