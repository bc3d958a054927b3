/* Serial memories. It must never lower one but for an admin. */
#include "store/serial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fields.h"
#include "base/text.h"

#include "base/poison.h"

#define HEAD "ka1 serial"

static bool parse(struct ka_span text, struct ka_serial_memory *out)
{
	struct ka_fields f;
	struct ka_span hex;
	size_t len = 0;

	*out = (struct ka_serial_memory){ .known = false };
	if (text.len == 0 || ka_span_find(text, '\n') != text.len - 1)
		return false;
	if (!ka_fields_init(&f, ka_span_sub(text, 0, text.len - 1), HEAD))
		return false;
	out->serial = (uint64_t)ka_fields_i64(&f, "serial", INT64_MAX);
	hex = ka_fields_raw(&f, "sha512");
	ka_fields_i64(&f, "at", INT64_MAX);
	if (!ka_fields_end(&f) || hex.len != 2 * sizeof(out->sha512))
		return false;
	out->known = sodium_hex2bin(out->sha512, sizeof(out->sha512), (const char *)hex.p, hex.len, NULL, &len, NULL) == 0 &&
		     len == sizeof(out->sha512);
	return out->known;
}

static void write_memory(const struct ka_serial_new *n, struct ka_buf *out)
{
	char hex[2 * 64 + 1];

	ka_text_hex(n->sha512, 64, hex, sizeof(hex));
	ka_buf_text(out, HEAD);
	ka_fields_put_i64(out, "serial", (int64_t)n->serial);
	ka_fields_put_text(out, "sha512", hex);
	ka_fields_put_i64(out, "at", n->now);
	ka_buf_char(out, '\n');
}

static enum ka_err read_memory(const struct ka_serialdir *d, const char *name, enum ka_serial_answer *answer,
			       struct ka_serial_memory *out)
{
	KA_AUTOCLOSE int fd = -1;
	uint8_t bytes[KA_SERIAL_FILE_MAX];
	size_t size;
	bool is_ours;
	enum ka_err err = ka_serialdir_file(d, name, &fd, &size, &is_ours);

	*out = (struct ka_serial_memory){ .known = false };
	*answer = is_ours ? KA_SERIAL_MISSING : KA_SERIAL_BROKEN;
	if (err != KA_ERR_OK || fd < 0)
		return err;
	*answer = KA_SERIAL_BROKEN;
	if (size > sizeof(bytes))
		return KA_ERR_OK;
	err = ka_serialdir_bytes(fd, 0, bytes, size);
	if (err == KA_ERR_OK && parse((struct ka_span){ bytes, size }, out))
		*answer = KA_SERIAL_KNOWN;
	return err == KA_ERR_SYNTAX ? KA_ERR_OK : err; /* cut under our eyes: broken */
}

enum ka_err ka_serial_read(const struct ka_serialdir *d, const char *source, const char *what,
			   enum ka_serial_answer *answer, struct ka_serial_memory *out)
{
	char name[KA_SERIAL_NAME_MAX];

	*answer = KA_SERIAL_BROKEN;
	*out = (struct ka_serial_memory){ .known = false };
	if (!ka_serialdir_name(source, what, name))
		return KA_ERR_LIMIT;
	return read_memory(d, name, answer, out);
}

/* with the lock held */
static enum ka_err remember(const struct ka_serialdir *d, const char *name, const struct ka_serial_new *n,
			    struct ka_serial_kept *kept)
{
	char text[KA_SERIAL_FILE_MAX];
	struct ka_serial_memory memory;
	enum ka_serial_answer answer;
	struct ka_buf b;
	enum ka_err err = read_memory(d, name, &answer, &memory);

	if (err != KA_ERR_OK)
		return err;
	if (answer == KA_SERIAL_BROKEN)
		return KA_ERR_SYNTAX;
	kept->reason = ka_signedcheck_serial(&memory, n->serial, n->sha512);
	if (kept->reason != KA_REASON_NONE || (memory.known && memory.serial == n->serial))
		return KA_ERR_OK;
	ka_buf_init_array(&b, text);
	write_memory(n, &b);
	err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = ka_serialdir_replace(d, name, ka_buf_as_span(&b));
	if (err == KA_ERR_OK && answer == KA_SERIAL_MISSING)
		kept->is_first = ka_serialdir_begin(d, n->source);
	return err;
}

enum ka_err ka_serial_remember(const struct ka_serialdir *d, const struct ka_serial_new *n, struct ka_serial_kept *kept)
{
	char name[KA_SERIAL_NAME_MAX];
	enum ka_err err;

	*kept = (struct ka_serial_kept){ .reason = KA_REASON_NONE };
	if (n->serial == 0 || n->serial > INT64_MAX || !ka_serialdir_name(n->source, n->what, name))
		return KA_ERR_LIMIT;
	err = ka_serialdir_lock(d);
	if (err != KA_ERR_OK)
		return err;
	err = remember(d, name, n, kept);
	ka_serialdir_unlock(d);
	return err;
}

enum ka_err ka_serial_forget(const struct ka_serialdir *d, const char *source, const char *what, bool *was_there)
{
	char name[KA_SERIAL_NAME_MAX];
	enum ka_err err;

	*was_there = false;
	if (!ka_serialdir_name(source, what, name))
		return KA_ERR_LIMIT;
	err = ka_serialdir_lock(d);
	if (err != KA_ERR_OK)
		return err;
	*was_there = unlinkat(d->fd, name, 0) == 0;
	if (!*was_there && errno != ENOENT)
		err = KA_ERR_SYS;
	ka_serialdir_unlock(d);
	return err;
}

static bool is_revoked_list(const char *name)
{
	return strcmp(strrchr(name, '.'), "." KA_SERIALDIR_REVOKED) == 0;
}

static enum ka_err forget_all(const struct ka_serialdir *d, const char *source, size_t *count)
{
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	KA_AUTOCLOSE int fd = openat(d->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;

	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir == NULL)
		return KA_ERR_SYS;
	ka_steal_fd(&fd);
	for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0) {
		if (!ka_serialdir_is_of(entry->d_name, source) || is_revoked_list(entry->d_name))
			continue;
		if (unlinkat(d->fd, entry->d_name, 0) != 0)
			return KA_ERR_SYS;
		*count += strcmp(strrchr(entry->d_name, '.'), "." KA_SERIALDIR_BEGUN) != 0;
	}
	return errno == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

enum ka_err ka_serial_forget_source(const struct ka_serialdir *d, const char *source, size_t *count)
{
	enum ka_err err = ka_serialdir_lock(d);

	*count = 0;
	if (err != KA_ERR_OK)
		return err;
	err = forget_all(d, source, count);
	ka_serialdir_unlock(d);
	return err;
}
