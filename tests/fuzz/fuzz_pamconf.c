/*
 * A PAM service file: its lines are kept whole or said to be cut, includes are told and never looked for, and going through the
 * stack ends with an answer, whatever the modules say.
 */
#include "diag/pamconf.h"

#include <string.h>

#include "base/err.h"
#include "diag/pamrun.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static struct ka_pamconf conf, again;
static struct ka_span whole;

/* what is included is the same text once more, a few times */
static void include(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	unsigned *depth = ctx;
	size_t before;

	(void)name;
	MUST(phase <= KA_PAMCONF_PHASES);
	if (*depth == 3)
		return;
	++*depth;
	before = ka_pamline_file(&conf.lines, "again");
	ka_pamconf_parse(whole, "sshd", phase, include, ctx, &conf);
	ka_pamline_back(&conf.lines, before);
}

static void forget(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	(void)ctx;
	(void)name;
	(void)phase;
}

static void check_line(const struct ka_pamlines *l, const struct ka_pamline *line)
{
	struct ka_span action = ka_pamline_action(ka_span_of(line->control), "perm_denied");

	MUST(line->phase == KA_PAMCONF_ACCOUNT || line->phase == KA_PAMCONF_SESSION);
	MUST(line->line >= 1 && (l->files_count == 0 || line->file < l->files_count));
	MUST(strlen(line->control) < sizeof(line->control) && strlen(line->module) < sizeof(line->module));
	MUST(strlen(line->arguments) < sizeof(line->arguments) && line->is_substack == (line->module[0] == '\0'));
	MUST(ka_span_is(action, "bad") || action.len == 0 || memmem(line->control, strlen(line->control), action.p, action.len) != NULL);
	(void)ka_pamline_has(line, "debug");
	(void)ka_pamline_is(line, "pam_unix.so");
}

static enum ka_pamrun_code answer(const void *ctx, const struct ka_pamline *line)
{
	unsigned turn = *(const unsigned *)ctx;

	return (enum ka_pamrun_code)((line->line * turn + turn) % KA_PAMRUN_CODES);
}

static void check_runs(const struct ka_pamlines *l)
{
	for (unsigned turn = 0; turn < KA_PAMRUN_CODES; turn++)
		for (unsigned phase = KA_PAMCONF_ACCOUNT; phase <= KA_PAMCONF_SESSION; phase++) {
			size_t decided = 0;
			enum ka_pamrun_code code = ka_pamrun(l, phase, answer, &turn, &decided);

			MUST(code < KA_PAMRUN_CODES && (decided == KA_PAMRUN_NO_LINE || decided < l->count));
			MUST(decided == KA_PAMRUN_NO_LINE || l->lines[decided].phase == phase);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned depth = 0;
	char text[256];
	struct ka_buf b;

	whole = (struct ka_span){ data, size };
	memset(&conf, 0, sizeof(conf));
	memset(&again, 0, sizeof(again));
	ka_pamconf_parse(whole, "sshd", KA_PAMCONF_PHASES, include, &depth, &conf);
	MUST(conf.lines.count <= KA_PAMLINE_MAX && conf.lines.level_now == 0);
	MUST(conf.enforce <= KA_PAMCONF_ENFORCE_HARD);
	for (size_t i = 0; i < conf.lines.count; i++)
		check_line(&conf.lines, &conf.lines.lines[i]);
	check_runs(&conf.lines);
	ka_buf_init_array(&b, text);
	ka_pamconf_modes(&conf, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK);
	/* without its includes a file has no more lines */
	ka_pamconf_parse(whole, "sshd", KA_PAMCONF_PHASES, forget, NULL, &again);
	MUST(again.lines.count <= conf.lines.count);
	return 0;
}
