/*
 * Phase records, both ways. Runs inside sshd: it must never fail a login, block,
 * or follow a link; what it cannot write whole it takes back.
 */
#include "spool/phase.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/fields.h"
#include "spool/ownfile.h"

#include "base/poison.h"

static const char *const phase_text[] = {
	[KA_PHASE_AUTH] = "auth", [KA_PHASE_ACCOUNT] = "account", [KA_PHASE_SESSION] = "session",
	[KA_PHASE_DENIED] = "denied",
};

const char *ka_phase_text(enum ka_phase p)
{
	return phase_text[p];
}

/* at most KA_PHASE_TEXT_MAX bytes of @text */
static void put_bounded(struct ka_buf *b, const char *name, const char *text)
{
	const char *t = text != NULL ? text : "";

	ka_buf_char(b, ' ');
	ka_buf_text(b, name);
	ka_buf_char(b, '=');
	ka_text_percent(b, (struct ka_span){ (const uint8_t *)t, strnlen(t, KA_PHASE_TEXT_MAX) });
}

void ka_phase_write(const struct ka_phase_record *r, struct ka_buf *out)
{
	const char *info = r->info != NULL ? r->info : "";
	bool too_long = r->info_too_long || strnlen(info, KA_PHASE_INFO_MAX + 1) > KA_PHASE_INFO_MAX;

	ka_buf_text(out, "ka1 phase");
	ka_fields_put_i64(out, "at", r->at_us);
	ka_fields_put_i64(out, "up", r->up_ms);
	ka_fields_put_i64(out, "pid", r->pid);
	ka_fields_put_text(out, "phase", ka_phase_text(r->phase));
	put_bounded(out, "service", r->service);
	put_bounded(out, "user", r->user);
	put_bounded(out, "rhost", r->rhost);
	put_bounded(out, "conn", r->conn);
	if (too_long)
		ka_buf_text(out, " info=!");
	else
		ka_fields_put_text(out, "info", info);
	ka_buf_char(out, '\n');
}

/* the caller's storage, given out piece by piece */
struct room {
	char *p;
	size_t left;
};

static const char *text(struct ka_fields *f, const char *name, struct room *room)
{
	char *mine = room->p;
	size_t used;

	if (room->left == 0) {
		f->failed = true;
		return "";
	}
	ka_fields_text(f, name, mine, room->left);
	used = strlen(mine) + 1;
	room->p += used;
	room->left -= used;
	return mine;
}

static bool phase_from_text(const char *name, enum ka_phase *out)
{
	for (unsigned i = 0; i < KA_ARRAY_LEN(phase_text); i++)
		if (strcmp(name, phase_text[i]) == 0) {
			*out = (enum ka_phase)i;
			return true;
		}
	return false;
}

bool ka_phase_parse(struct ka_span line, char *storage, size_t size, struct ka_phase_record *out)
{
	struct room room = { storage, size };
	struct ka_fields f, ahead;
	char phase[16];

	memset(out, 0, sizeof(*out));
	out->service = out->user = out->rhost = out->conn = out->info = "";
	if (line.len >= KA_PHASE_RECORD_MAX || !ka_fields_init(&f, line, "ka1 phase"))
		return false;
	out->at_us = ka_fields_i64(&f, "at", INT64_MAX);
	out->up_ms = ka_fields_i64(&f, "up", INT64_MAX);
	out->pid = (pid_t)ka_fields_i64(&f, "pid", INT32_MAX);
	ka_fields_text(&f, "phase", phase, sizeof(phase));
	out->service = text(&f, "service", &room);
	out->user = text(&f, "user", &room);
	out->rhost = text(&f, "rhost", &room);
	out->conn = text(&f, "conn", &room);
	ahead = f;
	out->info_too_long = ka_span_is(ka_fields_raw(&ahead, "info"), "!");
	if (out->info_too_long)
		f = ahead;
	else
		out->info = text(&f, "info", &room);
	return ka_fields_end(&f) && phase_from_text(phase, &out->phase) && strlen(out->info) <= KA_PHASE_INFO_MAX;
}

enum ka_err ka_phase_append(const char *dir_path, const struct ka_conn *conn, const struct ka_phase_record *r)
{
	KA_AUTOCLOSE int dir = open(dir_path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	KA_AUTOFREE char *line = malloc(KA_PHASE_RECORD_MAX);
	char name[KA_CONN_NAME_MAX];
	struct ka_buf b;
	enum ka_err err;

	if (line == NULL)
		return KA_ERR_NOMEM;
	if (dir < 0)
		return KA_ERR_SYS;
	ka_buf_init(&b, line, KA_PHASE_RECORD_MAX);
	ka_phase_write(r, &b);
	err = ka_buf_check(&b);
	ka_conn_name(conn, name);
	return err == KA_ERR_OK ? ka_ownfile_append(dir, name, ka_buf_as_span(&b), KA_PHASE_FILE_MAX) : err;
}
