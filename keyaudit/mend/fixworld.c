/* Facts about machine and user. It must never stat another account's home: a dead file server would hang us. */
#include "keyaudit/mend/fixworld.h"

#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"
#include "keyaudit/mend/fixwalk.h"

#include "base/poison.h"


/* whoever lives in one of these has no home of the own; /root is root's */
static const char *const systems[] = {
	"/", "/bin", "/boot", "/dev", "/etc", "/etc/ssh", "/etc/keyaudit", "/home", "/lib", "/lib32", "/lib64", "/media", "/mnt", "/opt",
	"/proc", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/libexec", "/usr/local", "/usr/sbin",
	"/usr/share", "/var", "/var/cache", "/var/lib", "/var/log", "/var/mail", "/var/spool", "/var/tmp", "/var/run", "/export", "/net",
};

/* and nothing below these is anybody's home */
static const char *const trees[] = { "/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/sbin", "/sys", "/usr" };

uid_t ka_fixworld_uid_min(struct ka_span text)
{
	struct ka_cursor c;
	struct ka_span line, word, value;
	uint64_t found = KA_FIXWORLD_UID_MIN, n;

	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_text_word(&line, &word) && ka_span_is(word, "UID_MIN") && ka_text_word(&line, &value) &&
		    ka_text_to_u64(value, UINT32_MAX - 1, &n))
			found = n;
	return (uid_t)found;
}

/* the next name of a path, without slashes */
static bool next_name(struct ka_span *rest, struct ka_span *name)
{
	while (ka_text_split(rest, '/', name))
		if (name->len > 0 && !ka_span_is(*name, "."))
			return true;
	return false;
}

bool ka_fixworld_holds(const char *outer, const char *inner)
{
	struct ka_span a = ka_span_of(outer), b = ka_span_of(inner), x, y;

	if (outer[0] != '/' || inner[0] != '/')
		return false;
	while (next_name(&a, &x))
		if (!next_name(&b, &y) || !ka_span_equal(x, y))
			return false;
	return true;
}

static uid_t read_uid_min(void)
{
	KA_AUTOCLOSE int fd = open("/etc/login.defs", O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;

	if (fd < 0 || ka_fd_slurp(fd, KA_FIXWORLD_DEFS_MAX, &text, &len) != KA_ERR_OK)
		return KA_FIXWORLD_UID_MIN;
	return ka_fixworld_uid_min((struct ka_span){ (const uint8_t *)text, len });
}

static void take_systems(struct ka_fixworld *w)
{
	_Static_assert(KA_ARRAY_LEN(systems) <= KA_FIXWORLD_SYSTEMS_MAX, "room for each of them");

	for (size_t i = 0; i < KA_ARRAY_LEN(systems); i++) {
		KA_AUTOCLOSE int fd = open(systems[i], O_PATH | O_CLOEXEC);

		if (fd >= 0 && ka_fixstat_take(fd, &w->systems[w->systems_count]) == KA_ERR_OK)
			w->systems_count++;
	}
}

/* another account with this home or with one inside of it, as passwd tells it: what is enumerated is all that is looked at */
static void find_other(struct ka_fixworld *w, const char *real)
{
	const struct passwd *pw;

	setpwent();
	while (w->other[0] == '\0' && (pw = getpwent()) != NULL)
		if (pw->pw_uid != w->uid && pw->pw_dir != NULL &&
		    (ka_fixworld_holds(w->home, pw->pw_dir) || ka_fixworld_holds(real, pw->pw_dir)))
			ka_span_copy(ka_span_of(pw->pw_name), w->other, sizeof(w->other));
	endpwent();
}

static bool is_in_tree(const char *path)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(trees); i++)
		if (ka_fixworld_holds(trees[i], path))
			return true;
	return false;
}

/* through root's links, and with a dot behind it, so that the home itself may be one of them */
static void look_at_home(struct ka_fixworld *w)
{
	char path[KA_TEXT_PATH_MAX];
	struct ka_fixwalk walk;
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, w->home);
	ka_buf_text(&b, "/.");
	w->is_system = true; /* until it is known to be a home */
	if (b.overflow || !ka_fixwalk_open(path, NULL, &walk)) {
		if (!b.overflow)
			ka_fixwalk_close(&walk);
		return;
	}
	w->has_home = S_ISDIR(walk.it.mode);
	w->home_st = walk.it;
	w->is_system = ka_fixworld_is_system(w, &walk.it) || is_in_tree(walk.real) || is_in_tree(w->home);
	find_other(w, walk.real);
	ka_fixwalk_close(&walk);
}

bool ka_fixworld_take(const char *user, struct ka_fixworld *out)
{
	const struct passwd *pw = getpwnam(user);

	memset(out, 0, sizeof(*out));
	if (pw == NULL || !ka_span_copy(ka_span_of(user), out->user, sizeof(out->user)))
		return false;
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	if (!ka_span_copy(ka_span_of(pw->pw_dir), out->home, sizeof(out->home)))
		out->home[0] = '\0';
	out->uid_min = read_uid_min();
	take_systems(out);
	look_at_home(out);
	return true;
}

bool ka_fixworld_is_system(const struct ka_fixworld *w, const struct ka_fixstat *st)
{
	for (size_t i = 0; i < w->systems_count; i++)
		if (ka_fixstat_is_same(&w->systems[i], st))
			return true;
	return false;
}
