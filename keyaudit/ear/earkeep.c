/* Keeping a position. MUST: leave the old one or the new one behind, and never half of one. */
#include "keyaudit/ear/earkeep.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/fields.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/ear/earframe.h"
#include "keyaudit/ear/earjson.h"

#include "base/poison.h"

#define HEAD "ka1 ear"
#define HALF KA_NAME_EAR ".new"

static bool take_mark(const char *hex, uint8_t out[static KA_EARKEEP_MARK])
{
	char again[2 * KA_EARKEEP_MARK + 1];

	if (strlen(hex) != 2 * (size_t)KA_EARKEEP_MARK)
		return false;
	for (size_t i = 0; i < KA_EARKEEP_MARK; i++) {
		unsigned v = 0;

		for (size_t k = 0; k < 2; k++) {
			char c = hex[2 * i + k];

			v = v << 4 | (ka_text_is_digit((uint8_t)c) ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10) & 15);
		}
		out[i] = (uint8_t)v;
	}
	ka_text_hex(out, KA_EARKEEP_MARK, again, sizeof(again));
	return strcmp(hex, again) == 0;
}

static bool parse(struct ka_span line, struct ka_earposition *out)
{
	char log[16], mark[64];
	struct ka_fields f;

	memset(out, 0, sizeof(*out));
	ka_fields_init(&f, line, HEAD);
	ka_fields_text(&f, "log", log, sizeof(log));
	out->is_file = strcmp(log, "file") == 0;
	if (!out->is_file) {
		ka_fields_text(&f, "cursor", out->cursor, sizeof(out->cursor));
		out->at_us = ka_fields_i64(&f, "at", INT64_MAX);
		return ka_fields_end(&f) && strcmp(log, "journal") == 0 && ka_earjson_is_cursor(out->cursor);
	}
	ka_fields_text(&f, "path", out->path, sizeof(out->path));
	out->dev = (uint64_t)ka_fields_i64(&f, "dev", INT64_MAX);
	out->ino = (uint64_t)ka_fields_i64(&f, "ino", INT64_MAX);
	out->offset = (uint64_t)ka_fields_i64(&f, "offset", INT64_MAX);
	ka_fields_text(&f, "mark", mark, sizeof(mark));
	out->kind = (unsigned)ka_fields_i64(&f, "kind", KA_EARFRAME_BARE);
	return ka_fields_end(&f) && take_mark(mark, out->mark);
}

bool ka_earkeep_read(int dir, struct ka_earposition *out)
{
	KA_AUTOCLOSE int fd = openat(dir, KA_NAME_EAR, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	struct stat st;
	size_t len;

	memset(out, 0, sizeof(*out));
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 0022) != 0 ||
	    ka_fd_slurp(fd, KA_EAR_POSITION_MAX, &text, &len) != KA_ERR_OK || len == 0 || text[len - 1] != '\n' ||
	    !parse((struct ka_span){ (const uint8_t *)text, len - 1 }, out)) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	return true;
}

static void put_file(struct ka_buf *b, const struct ka_earposition *p)
{
	char mark[2 * KA_EARKEEP_MARK + 1];

	ka_text_hex(p->mark, sizeof(p->mark), mark, sizeof(mark));
	ka_fields_put_text(b, "log", "file");
	ka_fields_put_text(b, "path", p->path);
	ka_fields_put_i64(b, "dev", (int64_t)p->dev);
	ka_fields_put_i64(b, "ino", (int64_t)p->ino);
	ka_fields_put_i64(b, "offset", (int64_t)p->offset);
	ka_fields_put_text(b, "mark", mark);
	ka_fields_put_i64(b, "kind", p->kind);
}

enum ka_err ka_earkeep_write(int dir, const struct ka_earposition *p)
{
	KA_AUTOCLOSE int fd = -1;
	KA_AUTOFREE char *text = malloc(KA_EAR_POSITION_MAX);
	enum ka_err err;
	struct ka_buf b;

	if (text == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&b, text, KA_EAR_POSITION_MAX);
	ka_buf_text(&b, HEAD);
	if (p->is_file) {
		put_file(&b, p);
	} else {
		ka_fields_put_text(&b, "log", "journal");
		ka_fields_put_text(&b, "cursor", p->cursor);
		ka_fields_put_i64(&b, "at", p->at_us);
	}
	ka_buf_char(&b, '\n');
	err = ka_buf_check(&b);
	if (err != KA_ERR_OK)
		return err;
	if (unlinkat(dir, HALF, 0) == 0) { /* of one who died over it */
	}
	fd = openat(dir, HALF, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return KA_ERR_SYS;
	err = ka_fd_write_all(fd, b.p, b.len);
	if (err == KA_ERR_OK && renameat(dir, HALF, dir, KA_NAME_EAR) != 0)
		err = KA_ERR_SYS;
	return err;
}
