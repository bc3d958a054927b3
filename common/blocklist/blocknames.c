/* From a number to a name. A name is said to people and stands in events, so it is held to a few letters. */
#include "blocklist/blocknames.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

bool ka_blocknames_is_name(struct ka_span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ka_text_is_alnum(name.p[i]) && (name.p[i] == '\0' || strchr("-_.", name.p[i]) == NULL))
			return false;
	return name.len > 0 && name.len < KA_BLOCKNAMES_NAME_MAX;
}

/* the line names @id */
static bool is_of(struct ka_span line, uint8_t id, struct ka_span *name)
{
	struct ka_span number, more;
	uint64_t v;

	return ka_text_word(&line, &number) && ka_text_to_u64(number, UINT8_MAX, &v) && v == id && ka_text_word(&line, name) &&
	       !ka_text_word(&line, &more) && ka_blocknames_is_name(*name);
}

void ka_blocknames_in(struct ka_span text, uint8_t id, char out[static KA_BLOCKNAMES_NAME_MAX])
{
	struct ka_span line, name;
	struct ka_cursor c;
	struct ka_buf b;

	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL))
		if (is_of(line, id, &name) && ka_span_copy(name, out, KA_BLOCKNAMES_NAME_MAX))
			return;
	ka_buf_init(&b, out, KA_BLOCKNAMES_NAME_MAX);
	ka_buf_text(&b, "id");
	ka_buf_u64(&b, id);
}

/* the file of names of @path; -1 when there is none that counts */
static int open_names(const char *path)
{
	char name[KA_PATH_TRUSTED_MAX];
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;
	struct stat st;

	ka_buf_init_array(&b, name);
	ka_buf_text(&b, path);
	ka_buf_text(&b, KA_BLOCKNAMES_SUFFIX);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return -1;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return -1;
	return ka_steal_fd(&fd);
}

void ka_blocknames_read(const char *path, uint8_t id, char out[static KA_BLOCKNAMES_NAME_MAX])
{
	KA_AUTOCLOSE int fd = open_names(path);
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;

	if (fd < 0 || ka_fd_slurp(fd, KA_BLOCKNAMES_FILE_MAX, &text, &len) != KA_ERR_OK)
		len = 0;
	ka_blocknames_in((struct ka_span){ (const uint8_t *)text, len }, id, out);
}
