/* Who is M? Looks at /proc and at names in the spool; opens nothing that a stranger wrote. */
#include "pam_keyaudit/pamwitness.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"

#define KA_TITLE_MAX 2048

struct ka_conn ka_pamwitness_choose(const struct ka_pamwitness_facts *facts)
{
	bool may_be_parent = facts->parent.pid > 1 && ka_conn_is_sshd(facts->parent.comm) &&
			     strcmp(facts->parent.comm, facts->self.comm) == 0;
	bool is_parent = may_be_parent && (facts->parent_has_records || facts->title_is_pam);
	const struct ka_proc_stat *m = is_parent && !facts->self_has_records ? &facts->parent : &facts->self;

	return (struct ka_conn){ m->pid, m->start };
}

bool ka_pamwitness_title_is_pam(struct ka_span cmdline)
{
	static const char mark[] = " [pam]";
	size_t n = sizeof(mark) - 1, len = ka_span_find(cmdline, '\0');

	while (len > 0 && cmdline.p[len - 1] == ' ')
		len--;
	return len >= n && memcmp(cmdline.p + len - n, mark, n) == 0;
}

static bool own_title_is_pam(void)
{
	KA_AUTOCLOSE int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	uint8_t title[KA_TITLE_MAX];
	ssize_t got = fd >= 0 ? read(fd, title, sizeof(title)) : -1;

	return got > 0 && ka_pamwitness_title_is_pam((struct ka_span){ title, (size_t)got });
}

static bool exists(int dir, pid_t m, uint64_t start)
{
	char name[KA_CONN_NAME_MAX];
	struct stat st;

	ka_conn_name(&(struct ka_conn){ m, start }, name);
	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* start 0: the command could not see M's start time */
static bool has_records(int dir, const struct ka_proc_stat *p)
{
	return dir >= 0 && (exists(dir, p->pid, p->start) || exists(dir, p->pid, 0));
}

struct ka_conn ka_pamwitness_find(const char *spool_dir)
{
	KA_AUTOCLOSE int dir = open(spool_dir, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct ka_pamwitness_facts facts;

	ka_proc_stat(getpid(), &facts.self);
	ka_proc_stat(getppid(), &facts.parent);
	facts.self.pid = getpid();
	facts.parent.pid = getppid();
	facts.self_has_records = has_records(dir, &facts.self);
	facts.parent_has_records = has_records(dir, &facts.parent);
	facts.title_is_pam = own_title_is_pam();
	return ka_pamwitness_choose(&facts);
}
