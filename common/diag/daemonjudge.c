/* Judging the sshd that runs. What sshd -t says is partly paths and words of files: hostile text, shown and never followed. */
#include "diag/daemonjudge.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "diag/fix.h"

#include "base/poison.h"

#define START_GRAIN_US 1000000 /* a start is known to 10 ms, and sshd reads its files some time behind it */

/* the port of "0.0.0.0:22", "[::]:22", "10.0.0.1:22 rdomain x"; 0 for none */
static unsigned port_of(struct ka_span listen)
{
	struct ka_span word = { NULL, 0 };
	uint64_t port = 0;
	size_t at;

	(void)ka_text_word(&listen, &word);
	for (at = word.len; at > 0 && word.p[at - 1] != ':'; at--)
		;
	return at > 0 && ka_text_to_u64(ka_span_sub(word, at, word.len), 65535, &port) ? (unsigned)port : 0;
}

static bool listens_as_told(const struct ka_daemonjudge *j, bool sshds)
{
	struct ka_span value;
	size_t at = 0;

	while (ka_sshdconf_next(j->conf, "listenaddress", &at, &value))
		if (ka_ports_has(&j->daemon->ports, port_of(value), sshds))
			return true;
	return false;
}

static bool sshd_listens_anywhere(const struct ka_ports *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->ports[i].is_sshds)
			return true;
	return false;
}

enum ka_daemonjudge_state ka_daemonjudge_state(const struct ka_daemonjudge *j)
{
	const struct ka_daemon *d = j->daemon;

	if (!d->listener.is_asked || (!d->listener.is_found && d->listener.has_other))
		return KA_DAEMONJUDGE_UNKNOWN;
	if (!j->conf->is_known) {
		if (!d->is_tested || d->test_status == 0)
			return KA_DAEMONJUDGE_UNKNOWN;
		return d->listener.is_found ? KA_DAEMONJUDGE_DOOMED : KA_DAEMONJUDGE_DEAD;
	}
	if (!d->ports.is_known || ka_sshdconf_value(j->conf, "listenaddress").len == 0)
		return d->listener.is_found ? KA_DAEMONJUDGE_RUNS : KA_DAEMONJUDGE_UNKNOWN;
	if (!d->listener.is_found && listens_as_told(j, false))
		return KA_DAEMONJUDGE_UNKNOWN;
	if (!d->listener.is_found)
		return d->is_tested && d->test_status != 0 ? KA_DAEMONJUDGE_DEAD : KA_DAEMONJUDGE_SILENT;
	return listens_as_told(j, true) || !sshd_listens_anywhere(&d->ports) ? KA_DAEMONJUDGE_RUNS : KA_DAEMONJUDGE_ELSEWHERE;
}

/* the first line that holds @text; false for none */
static bool line_with(const char *said, const char *text, struct ka_span *line)
{
	struct ka_cursor c;

	ka_cursor_init(&c, said, strlen(said));
	while (ka_cursor_line(&c, line, NULL)) {
		line->len -= line->len > 0 && line->p[line->len - 1] == '\r';
		if (memmem(line->p, line->len, text, strlen(text)) != NULL && line->p[0] != '@')
			return true;
	}
	return false;
}

static void put(struct ka_span s, char *out, size_t size)
{
	if (!ka_span_copy(ka_span_sub(s, 0, size - 1), out, size))
		out[0] = '\0';
}

static void restart(const struct ka_daemon *d, struct ka_fix *fix)
{
	const char *const argv[] = { "systemctl", "restart", d->unit, NULL };

	ka_fix_command(fix, NULL, argv);
}

/* "Missing privilege separation directory: /run/sshd" */
static bool explain_privsep(const struct ka_daemon *d, struct ka_evidence *e, struct ka_fix *fix)
{
	static const char says[] = "Missing privilege separation directory: ";
	const char *argv[] = { "install", "-d", "-m", "0755", "--", e->path, NULL };
	struct ka_span line;

	if (!line_with(d->test, says, &line) || !ka_span_starts(line, says))
		return false;
	put(line, e->detail, sizeof(e->detail));
	put(ka_span_sub(line, sizeof(says) - 1, line.len), e->path, sizeof(e->path));
	if (e->path[0] == '/' && ka_fix_command(fix, NULL, argv))
		restart(d, fix);
	return true;
}

/* the paths in "Permissions 0644 for 'PATH' are too open.", one after the other */
static bool next_open_key(struct ka_cursor *c, char *out, size_t size)
{
	static const char begins[] = "Permissions ", ends[] = "' are too open.";
	struct ka_span line;

	while (ka_cursor_line(c, &line, NULL)) {
		size_t quote = ka_span_find(line, '\'') + 1;

		line.len -= line.len > 0 && line.p[line.len - 1] == '\r';
		if (ka_span_starts(line, begins) && line.len > quote + sizeof(ends) - 1 &&
		    memcmp(line.p + line.len - (sizeof(ends) - 1), ends, sizeof(ends) - 1) == 0 &&
		    ka_span_copy(ka_span_sub(line, quote, line.len - quote - (sizeof(ends) - 1)), out, size))
			return true;
	}
	return false;
}

static bool explain_hostkeys(const struct ka_daemon *d, struct ka_evidence *e, struct ka_fix *fix)
{
	char paths[KA_DAEMONJUDGE_KEYS_MAX][KA_PATH_TRUSTED_MAX / 4];
	const char *close_them[4 + KA_DAEMONJUDGE_KEYS_MAX] = { "chmod", "600", "--" };
	const char *const make[] = { "ssh-keygen", "-A", NULL };
	struct ka_span line;
	struct ka_cursor c;
	size_t n = 0;
	bool done, has_named = line_with(d->test, "Unable to load host key", &line); /* those that HostKey names */

	if (!line_with(d->test, "no hostkeys available", &line))
		return false;
	put(line, e->detail, sizeof(e->detail));
	ka_cursor_init(&c, d->test, strlen(d->test));
	while (n < KA_DAEMONJUDGE_KEYS_MAX && next_open_key(&c, paths[n], sizeof(paths[n]))) {
		close_them[3 + n] = paths[n];
		n++;
	}
	for (unsigned i = 0; i < KA_DAEMON_KEYS && !has_named && n < KA_DAEMONJUDGE_KEYS_MAX; i++)
		if (d->is_open[i])
			close_them[3 + n++] = ka_daemon_key(i);
	if (n > 0) {
		put(ka_span_of(close_them[3]), e->path, sizeof(e->path));
		put(ka_span_of("others may read this host key, so sshd does not use it"), e->note, sizeof(e->note));
		done = ka_fix_command(fix, NULL, close_them);
	} else if (line_with(d->test, "Unable to load host key", &line) && !line_with(d->test, "/etc/ssh/ssh_host_", &line)) {
		ka_fix_advice(fix, "Bring back the files that HostKey names, or take these lines out and run: ssh-keygen -A");
		return true;
	} else {
		done = ka_fix_command(fix, NULL, make);
	}
	if (done)
		restart(d, fix);
	return true;
}

/* "FILE: line 17: ..." or "FILE line 17: ..." */
static bool explain_line(const struct ka_daemon *d, struct ka_evidence *e, struct ka_fix *fix)
{
	static const char mark[] = " line ";
	const uint8_t *at;
	struct ka_span line, number;
	uint64_t n;
	size_t len;

	if (!line_with(d->test, mark, &line))
		return false;
	at = memmem(line.p, line.len, mark, sizeof(mark) - 1);
	len = (size_t)(at - line.p);
	number = ka_span_sub(line, len + sizeof(mark) - 1, line.len);
	number = ka_span_sub(number, 0, ka_span_find(number, ':'));
	if (len == 0 || line.p[0] != '/' || !ka_text_to_u64(number, UINT32_MAX, &n))
		return false;
	put(line, e->detail, sizeof(e->detail));
	put(ka_span_sub(line, 0, len - (line.p[len - 1] == ':')), e->path, sizeof(e->path));
	e->line = (unsigned)n;
	ka_fix_advice(fix, "Mend this line until sshd -t is silent, then restart sshd");
	return true;
}

/* a file that an Include names and that cannot be opened: sshd ends at once */
static bool explain_closed(const struct ka_daemonjudge *j, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_sshdplaces *p = j->places;
	struct ka_buf b;

	for (size_t i = 0; i < p->files_count; i++) {
		const struct ka_sshdplace_file *f = &p->files[i];

		if (!f->is_closed)
			continue;
		put(ka_span_of(p->text + f->path), e->path, sizeof(e->path));
		e->errnum = f->errnum;
		put(ka_span_sub(ka_span_of(j->daemon->test), 0, ka_span_find(ka_span_of(j->daemon->test), '\n')), e->detail, sizeof(e->detail));
		if (f->from_line > 0) {
			ka_buf_init_array(&b, e->note);
			ka_buf_text(&b, "named by the Include in ");
			ka_text_escape(&b, ka_span_of(p->text + f->from), 0, sizeof(e->note) / 2);
			ka_buf_text(&b, " line ");
			ka_buf_u64(&b, f->from_line);
		}
		ka_fix_advice(fix, "Bring the file back or take away its name, until sshd -t is silent, then restart sshd");
		return true;
	}
	return false;
}

/* what sshd says last is why it ends */
static void put_last(const char *said, struct ka_evidence *e)
{
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, said, strlen(said));
	while (ka_cursor_line(&c, &line, NULL)) {
		line.len -= line.len > 0 && line.p[line.len - 1] == '\r';
		if (line.len > 0)
			put(line, e->detail, sizeof(e->detail));
	}
}

static void explain_test(const struct ka_daemonjudge *j, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_daemon *d = j->daemon;

	if (explain_privsep(d, e, fix) || explain_hostkeys(d, e, fix) || explain_line(d, e, fix) || explain_closed(j, e, fix))
		return;
	put_last(d->test, e);
}

static void put_ports(const struct ka_daemonjudge *j, struct ka_evidence *e)
{
	struct ka_span value;
	struct ka_buf b;
	size_t at = 0;

	ka_buf_init_array(&b, e->detail);
	while (ka_sshdconf_next(j->conf, "listenaddress", &at, &value)) {
		ka_buf_text(&b, b.len > 0 ? " " : "ListenAddress ");
		ka_buf_span(&b, value);
	}
}

static void note_ports(const struct ka_ports *p, struct ka_evidence *e)
{
	struct ka_buf b;
	bool any = false;

	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "the sshd that runs listens on port ");
	for (size_t i = 0; i < p->count; i++) {
		bool is_known = !p->ports[i].is_sshds;

		for (size_t k = 0; k < i; k++)
			is_known |= p->ports[k].is_sshds && p->ports[k].number == p->ports[i].number;
		if (is_known)
			continue;
		ka_buf_text(&b, any ? ", " : "");
		ka_buf_u64(&b, p->ports[i].number);
		any = true;
	}
}

void ka_daemonjudge_explain(const struct ka_daemonjudge *j, enum ka_daemonjudge_state state, struct ka_evidence *e, struct ka_fix *fix)
{
	if (state == KA_DAEMONJUDGE_DEAD || state == KA_DAEMONJUDGE_DOOMED)
		explain_test(j, e, fix);
	else
		put_ports(j, e);
	if (state == KA_DAEMONJUDGE_DOOMED && e->note[0] == '\0')
		put(ka_span_of("the sshd that runs goes on with what it had read; it would not start again"), e->note, sizeof(e->note));
	if (state == KA_DAEMONJUDGE_SILENT) {
		put(ka_span_of("no sshd runs, and nothing listens there"), e->note, sizeof(e->note));
		restart(j->daemon, fix);
	} else if (state == KA_DAEMONJUDGE_ELSEWHERE) {
		note_ports(&j->daemon->ports, e);
		ka_daemonjudge_reload(j->daemon, fix);
	}
}

enum ka_daemonjudge_age ka_daemonjudge_age(const struct ka_daemonjudge *j, size_t *file)
{
	const struct ka_daemon *d = j->daemon;
	int64_t since = d->loaded_us != 0 ? d->loaded_us : d->listener.started_us + START_GRAIN_US, youngest = since;
	bool is_stale = false;

	*file = 0;
	if (!d->listener.is_found || d->listener.started_us == 0)
		return KA_DAEMONJUDGE_FRESH;
	for (size_t i = 0; i < j->places->files_count; i++)
		if (j->places->files[i].changed_us > youngest) {
			youngest = j->places->files[i].changed_us;
			*file = i;
			is_stale = true;
		}
	if (!is_stale)
		return KA_DAEMONJUDGE_FRESH;
	return d->loaded_us != 0 ? KA_DAEMONJUDGE_STALE : KA_DAEMONJUDGE_UNTOLD;
}

void ka_daemonjudge_explain_age(const struct ka_daemonjudge *j, struct ka_evidence *e, struct ka_fix *fix)
{
	char changed[KA_CLOCK_TEXT_MAX], loaded[KA_CLOCK_TEXT_MAX];
	struct ka_buf b;
	size_t file;

	if (ka_daemonjudge_age(j, &file) == KA_DAEMONJUDGE_FRESH)
		return;
	put(ka_span_of(j->places->text + j->places->files[file].path), e->path, sizeof(e->path));
	ka_clock_text(j->places->files[file].changed_us, changed);
	ka_clock_text(j->daemon->loaded_us, loaded);
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "changed at ");
	ka_buf_span(&b, ka_span_sub(ka_span_of(changed), 0, 19)); /* to the second */
	ka_buf_text(&b, "Z, and sshd has read its configuration at ");
	ka_buf_span(&b, ka_span_sub(ka_span_of(loaded), 0, 19));
	ka_buf_char(&b, 'Z');
	ka_daemonjudge_reload(j->daemon, fix);
}

void ka_daemonjudge_reload(const struct ka_daemon *d, struct ka_fix *fix)
{
	static const char *const test[] = { "sshd", "-t", NULL };
	const char *const reload[] = { "systemctl", "reload", d->unit, NULL };

	if (ka_fix_command(fix, NULL, test))
		ka_fix_command(fix, NULL, reload);
}
