/* Finding sshd's listener in /proc. Its title is sshd's own, but any process may have one like it: only root's count. */
#include "diag/listener.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/text.h"

#include "base/poison.h"

/* options of sshd that take a value */
static const char with_value[] = "CEbcfghkopu";

static const uint8_t *find(struct ka_span s, const char *text)
{
	return memmem(s.p, s.len, text, strlen(text));
}

/* @args: the arguments with blanks between them; a word of them */
struct option {
	uint8_t letter;
	struct ka_span value;
};

/* the option with a value in a word like -Df or -oX=y, or letter 0; the value may stand in the next word */
static struct option option_of(struct ka_span word, struct ka_span *rest)
{
	struct option none = { 0, { NULL, 0 } };

	if (word.len < 2 || word.p[0] != '-')
		return none;
	for (size_t i = 1; i < word.len; i++) {
		struct option o = { word.p[i], ka_span_sub(word, i + 1, word.len) };

		if (memchr(with_value, word.p[i], sizeof(with_value) - 1) == NULL)
			continue;
		if (o.value.len == 0 && !ka_text_word(rest, &o.value))
			o.value = (struct ka_span){ word.p + word.len, 0 };
		return o;
	}
	return none;
}

static bool take_arguments(struct ka_span args, const char *config, char *out, size_t size)
{
	struct ka_span rest = args, word;

	if (!ka_text_word(&rest, &word)) /* the program */
		return false;
	while (ka_text_word(&rest, &word)) {
		struct option o = option_of(word, &rest);
		struct ka_span from = ka_span_sub(args, (size_t)(word.p - args.p), args.len);

		if (o.letter != 'o' && (o.letter != 'f' || ka_span_is(o.value, config)))
			continue;
		from = ka_text_trim(from);
		if (!ka_span_copy(from, out, size))
			ka_span_copy(ka_span_sub(from, 0, size - 1), out, size);
		return true;
	}
	return false;
}

bool ka_listener_parse(struct ka_span cmdline, const char *config, char *out, size_t size)
{
	char args[KA_LISTENER_ARGUMENTS_MAX];
	struct ka_span text = cmdline, name;
	const uint8_t *end;

	out[0] = '\0';
	if (ka_span_starts(cmdline, "sshd: ")) {
		end = find(cmdline, " [listener]");
		if (end == NULL)
			return false;
		text = ka_span_sub(cmdline, sizeof("sshd: ") - 1, (size_t)(end - cmdline.p) - (sizeof("sshd: ") - 1));
	} else { /* before it has a title */
		name = ka_span_sub(cmdline, 0, ka_span_find(cmdline, '\0'));
		if (name.len < 4 || memcmp(name.p + name.len - 4, "sshd", 4) != 0 || (name.len > 4 && name.p[name.len - 5] != '/'))
			return false;
	}
	text = ka_span_sub(text, 0, sizeof(args) - 1);
	for (size_t i = 0; i < text.len; i++)
		args[i] = text.p[i] != '\0' ? (char)text.p[i] : ' ';
	return take_arguments((struct ka_span){ (const uint8_t *)args, text.len }, config, out, size);
}

static void proc_path(char *path, size_t size, const char *pid, const char *name)
{
	struct ka_buf b;

	ka_buf_init(&b, path, size);
	ka_buf_text(&b, "/proc/");
	ka_buf_text(&b, pid);
	ka_buf_text(&b, name);
}

/* root's sshd, of our own pid namespace; where that cannot be asked it is believed to be ours */
static bool is_listener(const char *pid, pid_t number)
{
	struct ka_proc_stat process;
	struct stat own, other, st;
	char path[64];

	if (!ka_proc_stat(number, &process) || strcmp(process.comm, "sshd") != 0)
		return false;
	proc_path(path, sizeof(path), pid, "");
	if (stat(path, &st) != 0 || st.st_uid != 0)
		return false;
	proc_path(path, sizeof(path), pid, "/ns/pid");
	return stat("/proc/self/ns/pid", &own) != 0 || stat(path, &other) != 0 || own.st_ino == other.st_ino;
}

static bool look_at(const char *pid, const char *config, char *out, size_t size)
{
	char path[64], bytes[KA_LISTENER_ARGUMENTS_MAX];
	KA_AUTOCLOSE int fd = -1;
	size_t len = 0;

	proc_path(path, sizeof(path), pid, "/cmdline");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ka_fd_read_all(fd, bytes, sizeof(bytes), &len) == KA_ERR_SYS)
		return false;
	return ka_listener_parse((struct ka_span){ (const uint8_t *)bytes, len }, config, out, size);
}

bool ka_listener_look(const char *config, char *out, size_t size)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir("/proc");
	const struct dirent *e;
	size_t left = KA_LISTENER_PROCESSES_MAX;
	uint64_t pid;

	out[0] = '\0';
	while (dir != NULL && left > 0 && (e = readdir(dir)) != NULL) {
		if (!ka_text_to_u64(ka_span_of(e->d_name), INT32_MAX, &pid))
			continue;
		left--;
		if (is_listener(e->d_name, (pid_t)pid) && look_at(e->d_name, config, out, size))
			return true;
	}
	return false;
}
