/* source/sourcefile: entries, directories, refusals and limits, on real trees in a root of our own. */
#include "source/sourcefile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

enum { USER = 1000 };

static const struct ka_source_query alice = { .user = "alice", .uid = "1000", .home = "/home/alice", .uid_number = USER };
static struct ka_conf_source source;
static struct ka_sourcefile_out out;
static char seen[64 * 1024]; /* "PATH=CONTENT;" of each file taken */
static struct ka_buf seen_buf;
static size_t seen_bytes;

static void take(void *ctx, const char *path, struct ka_span bytes)
{
	assert_ptr_equal(ctx, &seen_buf);
	seen_bytes += bytes.len;
	ka_buf_text(&seen_buf, path);
	ka_buf_char(&seen_buf, '=');
	ka_buf_span(&seen_buf, ka_span_sub(bytes, 0, 32));
	ka_buf_char(&seen_buf, ';');
}

static void read_as(const char *path, enum ka_conf_owner owner, const struct ka_source_query *query)
{
	source = (struct ka_conf_source){ .name = "s", .owner = owner, .path = path };
	ka_buf_init_array(&seen_buf, seen);
	seen_bytes = 0;
	assert_int_equal(ka_sourcefile_read(&source, query, take, &seen_buf, &out), KA_ERR_OK);
}

static void answers(const char *path, enum ka_source_answer answer, enum ka_reason reason, const char *taken)
{
	read_as(path, KA_CONF_OWNER_ROOT, &alice);
	assert_string_equal(ka_answer_text(out.answer), ka_answer_text(answer));
	assert_string_equal(ka_reason_id(out.reason), ka_reason_id(reason));
	assert_string_equal(seen, taken);
}

static int make_tree(void **state)
{
	(void)state;
	trustroot_dir("/k", 0755, 0);
	trustroot_file("/k/alice", 0644, 0, "A");
	trustroot_file("/k/1000", 0600, 0, "U");
	trustroot_file("/k/empty", 0644, 0, "");
	trustroot_file("/k/open", 0666, 0, "O");
	trustroot_dir("/home", 0755, 0);
	trustroot_dir("/home/alice", 0755, 0);
	trustroot_file("/home/alice/keys", 0644, 0, "H");
	trustroot_dir("/d", 0755, 0);
	trustroot_file("/d/b.pub", 0644, 0, "b");
	trustroot_file("/d/a.pub", 0644, 0, "a");
	trustroot_file("/d/Z.pub", 0644, 0, "Z");
	trustroot_file("/d/.hidden.pub", 0644, 0, "x");
	trustroot_file("/d/.pub", 0644, 0, "x");
	trustroot_file("/d/c.pub~", 0644, 0, "x");
	trustroot_file("/d/c.PUB", 0644, 0, "x");
	trustroot_file("/d/pub", 0644, 0, "x");
	return 0;
}

static void read__missing_or_empty__is_no_keys(void **state)
{
	(void)state;
	answers("/k/none", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, "");
	answers("/none/none", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, "");
	answers("/none/", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, "");
	answers("/k/empty", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, "");
	answers("", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, "");
	assert_int_equal(out.why.errnum, 0);
}

/* it may well have keys: nothing here says that it has none */
static void read__source_of_another_type__is_unavailable(void **state)
{
	const struct ka_conf_source http = { .name = "s", .kind = KA_CONF_KIND_HTTP, .path = "" };

	(void)state;
	ka_buf_init_array(&seen_buf, seen);
	assert_int_equal(ka_sourcefile_read(&http, &alice, take, &seen_buf, &out), KA_ERR_OK);
	assert_int_equal(out.answer, KA_SOURCE_UNAVAILABLE);
	assert_int_equal(out.reason, KA_REASON_STORE_UNREACHABLE);
	assert_string_equal(seen, "");
}

static void read__entries__in_their_order(void **state)
{
	(void)state;
	answers("/k/%u", KA_SOURCE_FOUND, KA_REASON_NONE, "/k/alice=A;");
	answers(" /k/%U\t/k/none  %h/keys /k/%u ", KA_SOURCE_FOUND, KA_REASON_NONE,
		"/k/1000=U;/home/alice/keys=H;/k/alice=A;");
	assert_int_equal(out.files, 3);
}

static void read__directory__its_pub_files_in_byte_order(void **state)
{
	(void)state;
	answers("/d/", KA_SOURCE_FOUND, KA_REASON_NONE, "/d/Z.pub=Z;/d/a.pub=a;/d/b.pub=b;");
	answers("/d", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, ""); /* without the slash it must be a file */
	answers("/k/alice/", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
}

static void read__unsafe_file__refused_but_hides_no_other(void **state)
{
	(void)state;
	answers("/k/open", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
	assert_string_equal(out.why.path, "/k/open");
	assert_int_equal(out.why.mode & 07777, 0666);
	answers("/k/open /k/none /k/alice", KA_SOURCE_FOUND, KA_REASON_CONF_UNSAFE, "/k/alice=A;");
	assert_string_equal(out.why.path, "/k/open");
	answers("/k/alice /k/open", KA_SOURCE_FOUND, KA_REASON_CONF_UNSAFE, "/k/alice=A;");
	trustroot_file("/d/bad.pub", 0660, 0, "!");
	answers("/d/", KA_SOURCE_FOUND, KA_REASON_CONF_UNSAFE, "/d/Z.pub=Z;/d/a.pub=a;/d/b.pub=b;");
	assert_string_equal(out.why.path, "/d/bad.pub");
	assert_int_equal(unlink("/d/bad.pub"), 0);
}

static void read__unsafe_directory__nothing_in_it(void **state)
{
	(void)state;
	trustroot_dir("/d", 0777, 0);
	answers("/d/", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
	assert_string_equal(out.why.path, "/d");
	answers("/d/a.pub", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
	trustroot_dir("/d", 0755, 0);
	answers("/d/a.pub", KA_SOURCE_FOUND, KA_REASON_NONE, "/d/a.pub=a;");
}

static void read__links_and_fifos__are_refused(void **state)
{
	(void)state;
	assert_int_equal(symlink("alice", "/k/link"), 0);
	assert_int_equal(symlink("/k/alice", "/d/link.pub"), 0);
	assert_int_equal(mkfifo("/d/fifo.pub", 0600), 0);
	answers("/k/link", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
	assert_true(S_ISLNK(out.why.mode));
	answers("/d/", KA_SOURCE_FOUND, KA_REASON_CONF_UNSAFE, "/d/Z.pub=Z;/d/a.pub=a;/d/b.pub=b;");
	assert_string_equal(out.why.path, "/d/fifo.pub"); /* the first in order */
	assert_int_equal(unlink("/d/link.pub") + unlink("/d/fifo.pub"), 0);
}

static void read__expansion__only_what_was_given_and_is_safe(void **state)
{
	static const char *const bad[] = { "/k/%", "/k/%%", "/k/%x", "k/alice", "%u", "~/keys", "/k/%f", "./%h" };
	static const struct { struct ka_source_query q; const char *path; } rows[] = {
		{ { .user = "alice" }, "%h/keys" },
		{ { .user = "alice" }, "/k/%U" },
		{ { .uid = "1000" }, "/k/%u" },
		{ { .user = "alice", .home = "home/alice" }, "%h/keys" },
		{ { .user = "alice", .home = "" }, "%h/keys" },
		{ { .user = "alice", .home = "/home/x/../alice" }, "%h/keys" },
		{ { .user = "alice", .home = "/home/alice/.." }, "%h/keys" },
		{ { .user = "alice", .uid = "../k/1000" }, "/k/%U" },
		{ { .user = "alice", .uid = "" }, "/k/%U" },
		{ { .user = "../k/alice" }, "/k/%u" },
		{ { .user = "" }, "/k/%u" },
		{ { .user = ".." }, "/k/%u/x" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		answers(bad[i], KA_SOURCE_REFUSED, KA_REASON_CONF_INVALID, "");
		assert_string_equal(out.why.path, bad[i]);
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		read_as(rows[i].path, KA_CONF_OWNER_ROOT, &rows[i].q);
		assert_int_equal(out.answer, KA_SOURCE_REFUSED);
		assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
	}
	answers("%h/keys /k/%x", KA_SOURCE_FOUND, KA_REASON_CONF_INVALID, "/home/alice/keys=H;");
	read_as("/k/alice", KA_CONF_OWNER_ROOT, &rows[0].q); /* values that are not asked for need not be there */
	assert_int_equal(out.answer, KA_SOURCE_FOUND);
	read_as("/k/alice", KA_CONF_OWNER_USER, &rows[0].q); /* owner = user needs -U */
	assert_int_equal(out.reason, KA_REASON_CONF_INVALID);
}

static void read__owner_user__belongs_to_that_uid(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip(); /* giving files away needs root */
	trustroot_dir("/home/u", 0711, USER);
	trustroot_file("/home/u/mine", 0644, USER, "M");
	trustroot_file("/home/u/foreign", 0644, USER + 1, "F");
	answers("/home/u/mine", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
	assert_int_equal(out.why.uid, USER);
	read_as("/home/u/mine /home/u/foreign", KA_CONF_OWNER_USER, &alice);
	assert_int_equal(out.answer, KA_SOURCE_FOUND);
	assert_string_equal(seen, "/home/u/mine=M;");
	assert_int_equal(out.reason, KA_REASON_CONF_UNSAFE);
	assert_string_equal(out.why.path, "/home/u/foreign");
}

static void read__unreadable__is_unavailable(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip(); /* needs a second uid */
	trustroot_file("/k/closed", 0600, 0, "C");
	assert_int_equal(setegid(USER) + seteuid(USER), 0);
	answers("/k/open /k/closed", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, ""); /* a refusal goes before, in any order */
	answers("/k/closed /k/open", KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, "");
	answers("/k/alice /k/closed", KA_SOURCE_FOUND, KA_REASON_STORE_UNREACHABLE, "/k/alice=A;");
	read_as("/k/closed", KA_CONF_OWNER_ROOT, &alice);
	assert_int_equal(seteuid(0) + setegid(0), 0);
	assert_int_equal(out.answer, KA_SOURCE_UNAVAILABLE);
	assert_int_equal(out.reason, KA_REASON_STORE_UNREACHABLE);
	assert_int_equal(out.why.errnum, EACCES);
}

/* the system fails before anything of the file is seen: that says nothing about its path */
static void read__no_descriptor_left__is_unavailable(void **state)
{
	static const char *const paths[] = { "/k/alice", "/d/" };
	struct rlimit had, none;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &had), 0);
	none = (struct rlimit){ 0, had.rlim_max };
	for (size_t i = 0; i < KA_ARRAY_LEN(paths); i++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
		read_as(paths[i], KA_CONF_OWNER_ROOT, &alice);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &had), 0);
		assert_string_equal(ka_answer_text(out.answer), "unavailable");
		assert_string_equal(ka_reason_id(out.reason), "store.unreachable");
		assert_int_equal(out.why.errnum, EMFILE);
		assert_string_equal(out.why.path, paths[i]);
	}
}

static void read__size_limit__is_exact(void **state)
{
	int fd = open("/k/big", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void)state;
	assert_int_equal(ftruncate(fd, KA_SOURCE_FILE_MAX), 0);
	answers("/k/big", KA_SOURCE_FOUND, KA_REASON_NONE, seen);
	assert_int_equal(seen_bytes, KA_SOURCE_FILE_MAX);
	assert_int_equal(ftruncate(fd, KA_SOURCE_FILE_MAX + 1), 0);
	answers("/k/big", KA_SOURCE_REFUSED, KA_REASON_STORE_TOO_LARGE, "");
	answers("/k/big /k/alice", KA_SOURCE_FOUND, KA_REASON_STORE_TOO_LARGE, "/k/alice=A;");
	close(fd);
}

static void read__by_lines__a_file_in_pieces_is_one_file(void **state)
{
	struct ka_source_query by_lines = alice;
	int fd = open("/k/long", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	size_t pieces = 0;

	(void)state;
	for (unsigned i = 0; i < 3 * KA_FDLINES_ROOM / 16; i++)
		assert_int_equal(write(fd, "0123456789abcde\n", 16), 16);
	by_lines.by_lines = true;
	read_as("/k/long /k/alice", KA_CONF_OWNER_ROOT, &by_lines);
	assert_true(out.answer == KA_SOURCE_FOUND && out.reason == KA_REASON_NONE && out.files == 2);
	assert_int_equal(seen_bytes, 3 * KA_FDLINES_ROOM + 1);
	for (const char *p = seen; (p = strstr(p, "/k/long=0123456789abcde\n")) != NULL; p++)
		pieces++;
	assert_true(pieces >= 3);
	assert_non_null(strstr(seen, ";/k/alice=A;"));
	assert_int_equal(ftruncate(fd, KA_SOURCE_FILE_MAX + 1), 0);
	read_as("/k/long /k/alice", KA_CONF_OWNER_ROOT, &by_lines);
	assert_true(out.answer == KA_SOURCE_FOUND && out.reason == KA_REASON_STORE_TOO_LARGE && out.files == 1);
	assert_string_equal(seen, "/k/alice=A;");
	close(fd);
	assert_int_equal(unlink("/k/long"), 0);
}

static void read__too_many_files__the_first_in_byte_order(void **state)
{
	char name[32];

	(void)state;
	trustroot_dir("/many", 0755, 0);
	for (unsigned i = KA_SOURCE_FILES_MAX + 40; i-- > 0;) {
		/* neither in order nor in reverse */
		snprintf(name, sizeof(name), "/many/%03u.pub", (i * 7) % (KA_SOURCE_FILES_MAX + 40));
		trustroot_file(name, 0644, 0, "m");
	}
	read_as("/many/ /k/alice", KA_CONF_OWNER_ROOT, &alice);
	assert_int_equal(out.answer, KA_SOURCE_FOUND);
	assert_int_equal(out.reason, KA_REASON_STORE_TOO_LARGE);
	assert_int_equal(out.files, KA_SOURCE_FILES_MAX);
	for (unsigned i = 0; i < KA_SOURCE_FILES_MAX; i++) {
		snprintf(name, sizeof(name), "/many/%03u.pub=m;", i);
		assert_memory_equal(seen + i * strlen(name), name, strlen(name));
	}
	assert_null(strstr(seen, "alice")); /* behind the limit */
	for (unsigned i = KA_SOURCE_FILES_MAX; i < KA_SOURCE_FILES_MAX + 40; i++) {
		snprintf(name, sizeof(name), "/many/%03u.pub", i);
		assert_int_equal(unlink(name), 0);
	}
	read_as("/many/", KA_CONF_OWNER_ROOT, &alice);
	assert_int_equal(out.files, KA_SOURCE_FILES_MAX);
	assert_int_equal(out.reason, KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__source_of_another_type__is_unavailable), cmocka_unit_test(read__by_lines__a_file_in_pieces_is_one_file),
		cmocka_unit_test(read__missing_or_empty__is_no_keys), cmocka_unit_test(read__entries__in_their_order),
		cmocka_unit_test(read__directory__its_pub_files_in_byte_order),
		cmocka_unit_test(read__unsafe_file__refused_but_hides_no_other),
		cmocka_unit_test(read__unsafe_directory__nothing_in_it), cmocka_unit_test(read__links_and_fifos__are_refused),
		cmocka_unit_test(read__expansion__only_what_was_given_and_is_safe),
		cmocka_unit_test(read__owner_user__belongs_to_that_uid), cmocka_unit_test(read__unreadable__is_unavailable),
		cmocka_unit_test(read__no_descriptor_left__is_unavailable),
		cmocka_unit_test(read__size_limit__is_exact), cmocka_unit_test(read__too_many_files__the_first_in_byte_order),
	};

	return trustroot_run(tests, make_tree);
}
