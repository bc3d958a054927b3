/* One document. MUST: leave the file as it was until the new one is whole, verified and on disk. */
#include "keyaudit/sign/signfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/sign/plainfile.h"
#include "keyaudit/sign/signtext.h"

#include "base/poison.h"

static void wrong(struct ka_signfile *f, const char *what)
{
	struct ka_buf b;

	ka_buf_init_array(&b, f->wrong);
	ka_buf_text(&b, what);
	if (f->doc.bad_line > 0 && f->doc.wrong == what) {
		ka_buf_text(&b, " (line ");
		ka_buf_u64(&b, f->doc.bad_line);
		ka_buf_char(&b, ')');
	}
}

static bool wants_head(const struct ka_signfile_want *w)
{
	return w->user != NULL || w->hosts != NULL || w->serial != 0 || w->expires != 0;
}

/* the lines without old headers, each ended by LF and without a CR: that is how they can be signed */
static void put_lines(struct ka_span body, struct ka_buf *out)
{
	struct ka_cursor c;
	struct ka_span line;
	bool is_first = true;

	ka_cursor_init(&c, body.p, body.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		/* a comment of this form would be taken for a header */
		if (is_first && ka_signedhead_is_line(line))
			ka_buf_char(out, '\n');
		is_first = false;
		ka_buf_span(out, line);
		ka_buf_char(out, '\n');
	}
}

static const char *make_head(struct ka_signfile *f, const struct ka_signfile_want *want, bool has_old)
{
	const struct ka_signedhead *old = &f->doc.head;
	struct ka_signtext_head h = {
		.kind = f->kind, .user = want->user != NULL ? ka_span_of(want->user) : old->user,
		.hosts = want->hosts != NULL ? ka_span_of(want->hosts) : has_old ? old->hosts : ka_span_of("*"),
		.serial = want->serial, .issued = want->now,
		.expires = want->expires != 0 ? want->expires : want->now + KA_SIGN_EXPIRES_SEC,
	};

	if (f->kind == KA_SIGNEDDOC_KEYS && h.user.len == 0)
		return "no signed document yet: --user USER makes it one";
	if (f->kind != KA_SIGNEDDOC_KEYS && want->user != NULL)
		return "a list for all has no user";
	/* later than the old one and than everything that was published by the time of day */
	if (h.serial == 0)
		h.serial = has_old && old->serial >= (uint64_t)want->now ? old->serial + 1 : (uint64_t)want->now;
	if (has_old && h.serial <= old->serial)
		return "its serial is higher already: hosts would refuse this one";
	ka_signtext_head(&h, &f->text);
	return NULL;
}

static const char *make_text(struct ka_signfile *f, const struct ka_signfile_want *want)
{
	struct ka_span all = { (const uint8_t *)f->bytes, f->len }, body = all;
	bool has_kind = ka_signtext_kind(all, &f->kind), has_old = false;
	const char *why = NULL;

	if (!has_kind)
		f->kind = KA_SIGNEDDOC_KEYS;
	all.len = ka_signtext_end(all);
	if (has_kind) {
		/* with headers that are to be written anew the old ones are read as far as they go */
		enum ka_reason reason = ka_signeddoc_parse(all, f->kind, &f->doc);

		has_old = f->doc.head.serial > 0 && (reason == KA_REASON_NONE || reason == KA_REASON_STORE_SIGNATURE_MISSING);
		body = has_old ? f->doc.body : all;
	}
	if (!has_kind || wants_head(want)) {
		if (has_kind && !has_old)
			return f->doc.wrong != NULL ? f->doc.wrong : "its headers cannot be read";
		why = make_head(f, want, has_old);
		body.len = ka_signtext_end(body);
		put_lines(body, &f->text);
		return why;
	}
	ka_buf_span(&f->text, all);
	/* the block must begin a line; where there was one already the text has its end */
	if (all.len > 0 && all.p[all.len - 1] != '\n')
		ka_buf_char(&f->text, '\n');
	return NULL;
}

static bool is_ours(const struct ka_signblock *b, const struct ka_signwork_how *how)
{
	for (size_t k = 0; k < how->keys_count; k++)
		if (ka_span_equal(b->sig.public_key, (struct ka_span){ how->keys[k].blob, how->keys[k].len }))
			return true;
	return false;
}

/* which blocks of the old file belong to the text: those of others that hold, or that nobody here can judge */
static void keep_blocks(struct ka_signfile *f, const struct ka_signwork_how *how, struct ka_signblock *room)
{
	KA_AUTOFREE struct ka_signeddoc *old = malloc(sizeof(*old));
	struct ka_sshsig_text text;

	if (old == NULL || ka_signeddoc_parse((struct ka_span){ (const uint8_t *)f->bytes, f->len }, f->kind, old) != KA_REASON_NONE)
		return;
	if (!ka_span_equal(old->text, ka_buf_as_span(&f->text))) {
		f->dropped = old->blocks;
		return;
	}
	f->is_done = ka_signblock_is_signed(old, how->keys, how->keys_count, room);
	ka_sshsig_text(old->text, &text);
	for (size_t i = 0; i < old->blocks; i++) {
		enum ka_signblock_answer a = ka_signblock_judge(old->block[i], &text, room);

		if (a != KA_SIGNBLOCK_FOREIGN && is_ours(room, how))
			continue; /* a new one takes its place */
		if (a == KA_SIGNBLOCK_BROKEN)
			f->dropped++;
		else
			f->kept[f->kept_count++] = old->block[i];
	}
}

/* everything but the signature must be as hosts want it */
static const char *judge(struct ka_signfile *f, int64_t now)
{
	enum ka_reason reason = ka_signeddoc_parse(ka_buf_as_span(&f->text), f->kind, &f->doc);

	if (reason != KA_REASON_STORE_SIGNATURE_MISSING)
		return f->doc.wrong != NULL ? f->doc.wrong : "not of the form of a document";
	if (f->doc.head.expires <= now)
		return "it has expired; --expires 7d writes its headers anew";
	if (f->doc.head.issued > now + KA_SIGNED_EARLY_SEC)
		return "it is issued in the future; --expires 7d writes its headers anew";
	return NULL;
}

enum ka_err ka_signfile_prepare(struct ka_signfile *f, const char *path, const struct ka_signfile_want *want,
				const struct ka_signwork_how *how, struct ka_signblock *room)
{
	enum ka_plainfile_answer got;
	const char *why;
	size_t size;

	*f = (struct ka_signfile){ .path = path };
	got = ka_plainfile_read(AT_FDCWD, path, false, KA_SIGNED_BULK_MAX, &f->bytes, &f->len, &f->st);
	if (got != KA_PLAINFILE_READ) {
		wrong(f, ka_plainfile_text(got));
		return KA_ERR_SYS;
	}
	size = f->len + KA_SIGN_ROOM + (size_t)KA_SIGNED_BLOCKS_MAX * KA_KEYGEN_SIG_MAX;
	f->room = malloc(size);
	if (f->room == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&f->text, f->room, size);
	why = make_text(f, want);
	if (why == NULL)
		why = judge(f, want->now);
	if (why != NULL)
		wrong(f, why);
	else
		keep_blocks(f, how, room);
	return KA_ERR_OK;
}

/* under another name first, beside @to; owner, group and mode as the file had them */
static enum ka_err put(const struct ka_signfile *f, const char *to)
{
	const char *slash = strrchr(to, '/');
	struct ka_span folder = ka_span_sub(ka_span_of(to), 0, slash != NULL ? (size_t)(slash - to) : 0);
	char path[KA_PATH_TRUSTED_MAX], name[KA_CONFLOAD_NAME_SIZE];
	KA_AUTOCLOSE int dir = -1;
	struct ka_buf b;

	if (slash == to)
		folder = ka_span_of("/");
	if (!ka_span_copy(slash != NULL ? folder : ka_span_of("."), path, sizeof(path)))
		return KA_ERR_LIMIT;
	to = slash != NULL ? slash + 1 : to;
	ka_buf_init_array(&b, name);
	ka_buf_char(&b, '.');
	ka_buf_text(&b, to);
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, (uint64_t)getpid());
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || ka_buf_check(&b) != KA_ERR_OK)
		return KA_ERR_SYS;
	unlinkat(dir, name, 0);
	if (ka_plainfile_write(dir, name, ka_buf_as_span(&f->text), f->st.st_mode & 0777, true) != KA_ERR_OK)
		return KA_ERR_SYS;
	/* who may write it, but not give it away, owns it now; its group may be a web server's, and then it stays that */
	if (fchownat(dir, name, f->st.st_uid, f->st.st_gid, AT_SYMLINK_NOFOLLOW) != 0 &&
	    fchownat(dir, name, (uid_t)-1, f->st.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
		errno = 0;
	if (renameat(dir, name, dir, to) != 0) {
		unlinkat(dir, name, 0);
		return KA_ERR_SYS;
	}
	return fsync(dir) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

enum ka_err ka_signfile_finish(struct ka_signfile *f, struct ka_signwork *w, const struct ka_signwork_how *how, const char *to)
{
	struct ka_span text = ka_buf_as_span(&f->text);
	enum ka_err err;

	for (size_t i = 0; i < f->kept_count; i++)
		ka_signblock_put(f->kept[i], &f->text);
	err = ka_signwork_blocks(w, how, f->number, text, &f->text);
	if (err != KA_ERR_OK)
		return err;
	/* once more, as a host does: from the bytes that are going to be there */
	if (ka_signeddoc_parse(ka_buf_as_span(&f->text), f->kind, &f->doc) != KA_REASON_NONE) {
		wrong(f, f->doc.wrong != NULL ? f->doc.wrong : "not of the form of a document");
		return KA_ERR_SYNTAX;
	}
	if (!ka_signblock_is_signed(&f->doc, how->keys, how->keys_count, &w->room))
		return KA_ERR_CRYPTO;
	return put(f, to != NULL ? to : f->path);
}

void ka_signfile_free(struct ka_signfile *f)
{
	free(f->bytes);
	free(f->room);
	f->bytes = f->room = NULL;
}
