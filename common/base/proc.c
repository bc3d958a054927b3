/* Reading /proc. Values are parsed as hostile text: a process chooses its own name. */
#include "base/proc.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

static bool read_small(const char *path, char *out, size_t size, size_t *len)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	*len = 0;
	return fd >= 0 && ka_fd_read_all(fd, out, size, len) == KA_ERR_OK;
}

bool ka_proc_parse_stat(struct ka_span line, struct ka_proc_stat *out)
{
	size_t open_at = ka_span_find(line, '('), close_at = line.len;
	struct ka_span rest, word = { NULL, 0 }, comm;
	uint64_t v = 0;

	memset(out, 0, sizeof(*out));
	while (close_at > 0 && line.p[close_at - 1] != ')')
		close_at--;
	if (open_at < 2 || close_at < open_at + 2 || line.p[open_at - 1] != ' ')
		return false;
	if (!ka_text_to_u64(ka_span_sub(line, 0, open_at - 1), INT32_MAX, &v))
		return false;
	out->pid = (pid_t)v;
	comm = ka_span_sub(line, open_at + 1, close_at - open_at - 2);
	if (!ka_span_copy(comm, out->comm, sizeof(out->comm)))
		return false;
	rest = ka_span_sub(line, close_at, line.len);
	if (!ka_span_starts(rest, " "))
		return false;
	for (int field = 3; field <= 22; field++) {
		if (!ka_text_word(&rest, &word) || (field == 3 && word.len != 1))
			return false;
		if (field == 3)
			out->state = (char)word.p[0];
		if (field == 4) {
			if (!ka_text_to_u64(word, INT32_MAX, &v))
				return false;
			out->ppid = (pid_t)v;
		}
	}
	return ka_text_to_u64(word, UINT64_MAX, &out->start);
}

bool ka_proc_stat(pid_t pid, struct ka_proc_stat *out)
{
	char path[48], text[1024];
	struct ka_buf b;
	size_t len;

	memset(out, 0, sizeof(*out));
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/");
	ka_buf_i64(&b, pid);
	ka_buf_text(&b, "/stat");
	if (pid <= 0 || !read_small(path, text, sizeof(text), &len))
		return false;
	return ka_proc_parse_stat((struct ka_span){ (const uint8_t *)text, len }, out);
}

static bool read_id(const char *path, char out[static 33])
{
	char text[64];
	size_t len, n = 0;

	memset(out, '0', 32);
	out[32] = '\0';
	if (!read_small(path, text, sizeof(text), &len))
		return false;
	for (size_t i = 0; i < len; i++) {
		uint8_t c = ka_text_lower((uint8_t)text[i]);

		if (c == '-' || c == '\n')
			continue;
		if (n == 32 || !(ka_text_is_digit(c) || (c >= 'a' && c <= 'f'))) {
			memset(out, '0', 32);
			return false;
		}
		out[n++] = (char)c;
	}
	if (n != 32)
		memset(out, '0', 32);
	return n == 32;
}

bool ka_proc_boot_id(char out[static 33])
{
	return read_id("/proc/sys/kernel/random/boot_id", out);
}

bool ka_proc_machine_id(char out[static 33])
{
	return read_id("/etc/machine-id", out);
}
