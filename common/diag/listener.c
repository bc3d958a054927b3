/* Finding sshd's listener in /proc. Its title is sshd's own, but any process may have one like it: only root's count. */
#include "diag/listener.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/text.h"

#include "base/poison.h"

#define DEFAULT_CONFIG "/etc/ssh/sshd_config"

static const char with_value[] = "CEbcfghkopu"; /* options of sshd that take a value */
static const char without[] = "46DRdeqrGTVit";
static const char not_listening[] = "GRTVit";   /* R: serves one connection */
static const char telling[] = "ophcg";          /* they change what sshd -T says */

static bool is_one_of(uint8_t c, const char *letters)
{
	return c != '\0' && strchr(letters, c) != NULL;
}

/* could this be a value of that option? what stands in a title may have been torn apart */
static bool is_fit(uint8_t letter, struct ka_span value)
{
	uint64_t number;

	if (value.len == 0)
		return false;
	if (is_one_of(letter, "bgkpu"))
		return ka_text_to_u64(value, UINT32_MAX, &number);
	if (letter == 'C' || letter == 'o')
		return ka_text_is_alnum(value.p[0]) || value.p[0] == '"';
	return value.p[0] == '/' || (letter == 'f' && value.p[0] != '-');
}

/* one option with a value: the rest of the word, or the next one; of -o in a title all words up to the next option */
static bool take_value(struct ka_listener_args *a, struct ka_span *args, uint8_t letter, struct ka_span value, bool is_title)
{
	struct ka_listener_option *o = &a->options[a->count];
	struct ka_span next, ahead;

	if (value.len == 0 && !ka_text_split(args, '\0', &value))
		return false;
	ahead = *args;
	while (is_title && letter == 'o' && ka_text_split(&ahead, '\0', &next) && next.len > 0 && next.p[0] != '-') {
		value.len = (size_t)(next.p + next.len - value.p);
		*args = ahead;
	}
	if (is_title && !is_fit(letter, value))
		return false;
	if (letter == 'f')
		return ka_span_copy(value, a->config, sizeof(a->config));
	if (!is_one_of(letter, telling))
		return true;
	if (a->count == KA_LISTENER_OPTIONS_MAX || value.len >= sizeof(o->value))
		return false;
	o->letter = (char)letter;
	for (size_t i = 0; i < value.len; i++)
		o->value[i] = value.p[i] != '\0' ? (char)value.p[i] : ' ';
	o->value[value.len] = '\0';
	a->count++;
	return true;
}

/* one word of options; false when it makes no sense */
static bool take_word(struct ka_listener_args *a, struct ka_span word, struct ka_span *args, bool is_title, bool *listens)
{
	if (word.len < 2 || word.p[0] != '-')
		return false;
	for (size_t i = 1; i < word.len; i++) {
		if (is_one_of(word.p[i], with_value))
			return take_value(a, args, word.p[i], ka_span_sub(word, i + 1, word.len), is_title);
		if (!is_one_of(word.p[i], without))
			return false;
		*listens = *listens && !is_one_of(word.p[i], not_listening);
	}
	return true;
}

static bool has_telling(struct ka_span word, const char *letters)
{
	for (size_t i = 1; i < word.len && word.p[0] == '-'; i++) {
		if (is_one_of(word.p[i], letters))
			return true;
		if (is_one_of(word.p[i], with_value))
			return false;
	}
	return false;
}

/* from the first word with one of these options on; words have NULs between them, for people blanks */
static void put_text(struct ka_span args, const char *letters, struct ka_listener_args *a)
{
	struct ka_span rest = args, word;

	while (a->text[0] == '\0' && ka_text_split(&rest, '\0', &word)) {
		struct ka_span from = ka_span_sub(args, (size_t)(word.p - args.p), sizeof(a->text) - 1);

		if (!has_telling(word, letters))
			continue;
		for (size_t i = 0; i < from.len; i++)
			a->text[i] = from.p[i] != '\0' ? (char)from.p[i] : ' ';
		for (size_t n = from.len; n > 0 && a->text[n - 1] == ' '; n--)
			a->text[n - 1] = '\0';
	}
}

static bool take_arguments(struct ka_span args, bool is_title, struct ka_listener_args *out)
{
	struct ka_span rest = args, word;
	bool listens = true;

	if (!ka_text_split(&rest, '\0', &word) || word.len == 0) /* the program */
		return false;
	while (!out->is_ambiguous && rest.p != NULL && ka_text_split(&rest, '\0', &word))
		out->is_ambiguous = word.len > 0 && !take_word(out, word, &rest, is_title, &listens);
	if (out->is_ambiguous)
		out->count = 0;
	put_text(args, telling, out);
	put_text(args, "f", out);
	return listens;
}

bool ka_listener_parse(struct ka_span cmdline, struct ka_listener_args *out)
{
	static const char begins[] = "sshd: ", ends[] = " [listener]";
	char args[KA_LISTENER_ARGUMENTS_MAX];
	struct ka_span text = ka_span_sub(cmdline, 0, sizeof(args)), name;
	bool is_title = ka_span_starts(cmdline, begins);
	const uint8_t *end;

	memset(out, 0, sizeof(*out));
	ka_span_copy(ka_span_of(DEFAULT_CONFIG), out->config, sizeof(out->config));
	if (!is_title) { /* before it has one */
		name = ka_span_sub(cmdline, 0, ka_span_find(cmdline, '\0'));
		if (name.len < 4 || memcmp(name.p + name.len - 4, "sshd", 4) != 0 || (name.len > 4 && name.p[name.len - 5] != '/'))
			return false;
		if (text.len > 0 && text.p[text.len - 1] == '\0')
			text.len--;
		return take_arguments(text, false, out);
	}
	end = memmem(cmdline.p, cmdline.len, ends, sizeof(ends) - 1);
	if (end == NULL || (size_t)(end - cmdline.p) < sizeof(begins) - 1)
		return false;
	text = ka_span_sub(cmdline, sizeof(begins) - 1, (size_t)(end - cmdline.p) - (sizeof(begins) - 1));
	out->is_ambiguous = text.len > sizeof(args);
	text = ka_span_sub(text, 0, sizeof(args));
	for (size_t i = 0; i < text.len; i++)
		args[i] = text.p[i] != ' ' ? (char)text.p[i] : '\0';
	return take_arguments((struct ka_span){ (const uint8_t *)args, text.len }, true, out);
}

static void proc_path(char *path, size_t size, pid_t pid, const char *name)
{
	struct ka_buf b;

	ka_buf_init(&b, path, size);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, pid);
	ka_buf_text(&b, name);
}

/* root's sshd, of our own pid namespace; where that cannot be asked it is believed to be ours */
static bool is_sshd(pid_t pid, struct ka_proc_stat *process)
{
	struct stat own, other, st;
	char path[64];

	if (!ka_proc_stat(pid, process) || strcmp(process->comm, "sshd") != 0)
		return false;
	proc_path(path, sizeof(path), pid, "");
	if (stat(path, &st) != 0 || st.st_uid != 0)
		return false;
	proc_path(path, sizeof(path), pid, "/ns/pid");
	return stat("/proc/self/ns/pid", &own) != 0 || stat(path, &other) != 0 || own.st_ino == other.st_ino;
}

static int64_t started_at(uint64_t ticks)
{
	int64_t hz = sysconf(_SC_CLK_TCK);

	if (hz <= 0 || ticks > INT64_MAX / 1000)
		return 0;
	return ka_clock_wall_us() - (ka_clock_boot_ms() - (int64_t)ticks * 1000 / hz) * 1000;
}

/* what has just been forked for a connection still has its parent's title */
static bool is_child(const struct ka_proc_stat *process)
{
	struct ka_proc_stat parent;

	return ka_proc_stat(process->ppid, &parent) && strcmp(parent.comm, "sshd") == 0;
}

/* true: it is the one */
static bool look_at(pid_t pid, const char *config, struct ka_listener *out)
{
	char path[64], bytes[KA_LISTENER_ARGUMENTS_MAX];
	KA_AUTOFREE struct ka_listener_args *args = NULL; /* large, and there are few sshds */
	struct ka_proc_stat process;
	KA_AUTOCLOSE int fd = -1;
	size_t len = 0;
	bool is_ours;

	if (!is_sshd(pid, &process))
		return false;
	proc_path(path, sizeof(path), pid, "/cmdline");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	args = malloc(sizeof(*args));
	if (fd < 0 || args == NULL || ka_fd_read_all(fd, bytes, sizeof(bytes), &len) == KA_ERR_SYS ||
	    !ka_listener_parse((struct ka_span){ (const uint8_t *)bytes, len }, args) || is_child(&process))
		return false;
	is_ours = strcmp(args->config, config) == 0;
	if (!is_ours && out->has_other)
		return false;
	out->is_found = is_ours;
	out->has_other = out->has_other || !is_ours;
	out->pid = pid;
	out->started_us = started_at(process.start);
	out->args = *args;
	return is_ours;
}

void ka_listener_look(const char *config, pid_t hint, struct ka_listener *out)
{
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	const struct dirent *e;
	size_t left = KA_LISTENER_PROCESSES_MAX;
	uint64_t pid;

	memset(out, 0, sizeof(*out));
	out->is_asked = geteuid() == 0;
	if (hint > 0 && look_at(hint, config, out))
		return;
	dir = opendir("/proc");
	while (dir != NULL && left > 0 && (e = readdir(dir)) != NULL) {
		if (!ka_text_to_u64(ka_span_of(e->d_name), INT32_MAX, &pid))
			continue;
		left--;
		if (look_at((pid_t)pid, config, out))
			return;
	}
}
