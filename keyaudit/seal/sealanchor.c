/* The three places for an anchor. Each of them may hang, and then is left alone. */
#include "keyaudit/seal/sealanchor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/spawn.h"
#include "base/text.h"
#include "keyaudit/seal/sealline.h"

#include "base/poison.h"

#define JOURNAL "/run/systemd/journal/socket"

/* Whoever was killed, or had no room, may have left a piece of a line. Where we may not read it is not known. */
static bool is_torn(const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	char last;

	return fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

/* A piece gets its newline, or this anchor would be lost with it. */
static bool append(const char *path, struct ka_span line)
{
	KA_AUTOCLOSE int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0640);
	char text[KA_SEAL_LINE_MAX + 1];
	struct ka_buf b;
	struct stat st;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, is_torn(path) ? "\n" : "");
	ka_buf_span(&b, line);
	return !b.overflow && fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && ka_fd_write_all(fd, b.p, b.len) == KA_ERR_OK &&
	       fsync(fd) == 0;
}

/* In a child: a network's file system may never answer. */
static const char *leave_in_file(const char *path, struct ka_span line)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		return "no process could be made";
	if (pid == 0)
		_exit(append(path, line) ? 0 : 1);
	status = ka_spawn_reap(pid, KA_SEAL_ANCHOR_MS, false);
	if (status >= 0 && WIFEXITED(status))
		return WEXITSTATUS(status) == 0 ? NULL : "the file cannot be written";
	return "the file does not answer";
}

static void put_field(struct ka_buf *b, const char *name, const char *value)
{
	ka_buf_text(b, name);
	ka_buf_char(b, '=');
	ka_buf_text(b, value);
	ka_buf_char(b, '\n');
}

/* systemd's native protocol, JOURNAL_NATIVE_PROTOCOL: fields as lines, one datagram */
static const char *leave_in_journal(struct ka_span line)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = JOURNAL };
	KA_AUTOCLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	char text[2 * KA_SEAL_LINE_MAX], seq[KA_TEXT_U64_MAX];
	struct ka_seal s;
	struct ka_buf b;

	if (line.len == 0 || !ka_sealline_parse(ka_span_sub(line, 0, line.len - 1), &s))
		return "this is no seal";
	ka_text_u64(s.seq, seq);
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "MESSAGE=trail anchor ");
	ka_buf_span(&b, line);
	put_field(&b, "PRIORITY", "6");
	put_field(&b, "SYSLOG_FACILITY", "10");
	put_field(&b, "SYSLOG_IDENTIFIER", "keyaudit");
	put_field(&b, "KEYAUDIT_ACTION", "trail-seal");
	put_field(&b, "KEYAUDIT_CHAIN", s.chain);
	put_field(&b, "KEYAUDIT_SEQ", seq);
	put_field(&b, "KEYAUDIT_HEAD", s.head);
	if (b.overflow || fd < 0 ||
	    sendto(fd, b.p, b.len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof(to)) != (ssize_t)b.len)
		return "the journal does not take it";
	return NULL;
}

static const char *leave_with_program(struct ka_span words, struct ka_span line)
{
	char text[KA_CONF_TEXT_MAX], *argv[KA_CONF_LIST_MAX + 1] = { NULL };
	struct ka_spawn what = { .argv = (const char *const *)argv, .input = (const char *)line.p, .input_len = line.len,
				 .output_max = KA_SEAL_LINE_MAX, .is_front_enough = true, .deadline_ms = KA_SEAL_ANCHOR_MS };
	struct ka_spawn_out out = { 0 };
	struct ka_span word;
	struct ka_buf b;
	enum ka_err err;
	bool ok;

	ka_buf_init_array(&b, text);
	for (size_t i = 0; i < KA_CONF_LIST_MAX && ka_text_word(&words, &word); i++) {
		argv[i] = text + b.len;
		ka_buf_span(&b, word);
		ka_buf_put(&b, "", 1);
	}
	if (b.overflow || argv[0] == NULL)
		return "its command is too long";
	err = ka_spawn_run(&what, &out);
	ok = err == KA_ERR_OK && WIFEXITED(out.status) && WEXITSTATUS(out.status) == 0;
	free(out.output);
	if (ok)
		return NULL;
	return err == KA_ERR_TIMEOUT ? "the program did not end" : "the program could not be run, or said no";
}

const char *ka_sealanchor_leave(const char *setting, struct ka_span line)
{
	struct ka_span rest = ka_span_of(setting), word;
	char path[KA_CONF_TEXT_MAX];

	if (!ka_text_word(&rest, &word))
		return NULL;
	rest = ka_text_trim(rest);
	if (ka_span_is(word, "journal"))
		return leave_in_journal(line);
	if (ka_span_is(word, "exec"))
		return leave_with_program(rest, line);
	if (ka_span_is(word, "file") && ka_span_copy(rest, path, sizeof(path)))
		return leave_in_file(path, line);
	return "the setting names no place";
}
