/* Who is M? Looks at /proc only, and believes nothing there that an unprivileged process can choose. */
#include "pam_keyaudit/pamwitness.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"


struct ka_conn ka_pamwitness_choose(const struct ka_pamwitness_facts *facts)
{
	bool may_be_parent = facts->parent.pid > 1 && ka_conn_is_sshd(facts->parent.comm) &&
			     strcmp(facts->parent.comm, facts->self.comm) == 0;
	bool is_fork = facts->title_is_pam || ka_conn_is_sshd(facts->grandparent_comm);
	const struct ka_proc_stat *m = may_be_parent && is_fork ? &facts->parent : &facts->self;

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

struct ka_conn ka_pamwitness_find(void)
{
	struct ka_pamwitness_facts facts;
	struct ka_proc_stat above;

	ka_proc_stat(getpid(), &facts.self);
	ka_proc_stat(getppid(), &facts.parent);
	facts.self.pid = getpid();
	facts.parent.pid = getppid();
	ka_proc_stat(facts.parent.ppid, &above);
	memcpy(facts.grandparent_comm, above.comm, sizeof(facts.grandparent_comm));
	facts.title_is_pam = own_title_is_pam();
	return ka_pamwitness_choose(&facts);
}
