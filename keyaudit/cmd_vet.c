/*
 * keyaudit vet: judge the keys of a file as the command would, and list every
 * reason. Reads a regular file or standard input, nothing else, whatever its size.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/zone.h"
#include "keyaudit/cmd.h"
#include "keyaudit/vet/linestream.h"
#include "keyaudit/vet/toolpolicy.h"
#include "keyaudit/vet/vetscan.h"
#include "keyaudit/vet/vetshow.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

#define PROGRESS_LINES 5000

struct options {
	const char *file, *conf;
	bool json, strict, help;
};

/* everything that is too large for a stack frame */
struct run {
	struct options opt;
	struct ka_toolpolicy policy;
	struct ka_linestream lines;
	struct ka_vetscan scan;
	struct ka_vet vet;
	struct ka_vet_when when;
	struct ka_vetshow show;
	uint64_t warned, refused;
};

static void help(FILE *to)
{
	fputs("usage: keyaudit vet FILE|- [--json] [--strict] [-c CONFIGURATION]\n\n"
	      "Judges every key of an authorized_keys file. One line per key:\n"
	      "  FILE:LINE: accept|warn|reject TYPE BITS FINGERPRINT REASONS\n"
	      "The policy is that of CONFIGURATION, else of the installed configuration, else\n"
	      "the default. Keys that are wrapped over lines, joined in one line or commented\n"
	      "out are named as such.\n\n"
	      "  --json     one JSON object per key (schema " KA_VETSHOW_SCHEMA ")\n"
	      "  --strict   warnings count as refusals in the exit status\n"
	      "exit status: 0 all accepted, 1 a key is refused, 2 usage, 3 cannot be read or\n"
	      "judged\n\n"
	      "examples:\n"
	      "  keyaudit vet ~/.ssh/authorized_keys\n"
	      "  curl -s https://keys.example.com/alice.keys | keyaudit vet - --json --strict\n", to);
}

static void complain(const char *what, const char *about, const char *mend)
{
	char shown[KA_TEXT_PATH_MAX + 1];
	struct ka_buf b;

	ka_buf_init_array(&b, shown);
	ka_text_escape(&b, ka_span_of(about), 0, KA_TEXT_PATH_MAX);
	fprintf(stderr, "keyaudit vet: %s%s%s%s\n", shown, about[0] != '\0' ? ": " : "", what, mend);
}

static int usage(const char *what, const char *about)
{
	complain(what, about, "");
	fputs("usage: keyaudit vet FILE|- [--json] [--strict] [-c CONFIGURATION]\n", stderr);
	return KA_EXIT_USAGE;
}

static int read_options(int argc, char **argv, struct options *o)
{
	bool only_files = false;

	for (int i = 1; i < argc; i++) {
		const char *arg = argv[i];

		if (only_files || arg[0] != '-' || arg[1] == '\0') {
			if (o->file != NULL)
				return usage("one file at a time", arg);
			o->file = arg;
		} else if (strcmp(arg, "--") == 0) {
			only_files = true;
		} else if (strcmp(arg, "--json") == 0) {
			o->json = true;
		} else if (strcmp(arg, "--strict") == 0) {
			o->strict = true;
		} else if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
			o->help = true;
		} else if (strcmp(arg, "-c") == 0 && i + 1 < argc) {
			o->conf = argv[++i];
		} else {
			return usage(strcmp(arg, "-c") == 0 ? "needs a file" : "unknown option", arg);
		}
	}
	return o->help || o->file != NULL ? KA_EXIT_FINE : usage("which file? (- is standard input)", "");
}

/* a FIFO in somebody's home must not hold us: a name opens regular files only */
static int open_input(const char *file)
{
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (strcmp(file, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	fd = open(file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0) {
		complain(errno == ENOENT ? "no such file" : errno == EACCES ? "permission denied" : "cannot be opened", file, "");
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		complain("not a regular file", file, "; to judge the output of a program: PROGRAM | keyaudit vet -");
		return -1;
	}
	return ka_steal_fd(&fd);
}

/* blank lines, and comments of any length: no key was meant */
static bool is_skipped(const struct ka_keyline *k, enum ka_reason seen)
{
	struct ka_span trimmed = ka_text_trim(k->line);

	if (seen != KA_REASON_NONE)
		return false;
	return k->reason == KA_REASON_LINE_EMPTY ||
	       (k->reason == KA_REASON_LINE_TOO_LONG && trimmed.len > 0 && trimmed.p[0] == '#');
}

static enum ka_err judge(void *ctx, uint64_t number, const struct ka_keyline *k, enum ka_reason seen)
{
	struct run *r = ctx;

	if (is_skipped(k, seen))
		return KA_ERR_OK;
	r->when.seen = seen;
	ka_vet_line(k, &r->policy.policy, &r->when, &r->vet);
	if (seen == KA_REASON_LINE_COMMENTED_OUT && r->vet.count == 0)
		return KA_ERR_OK; /* severity.line.commented-out = off: a comment like others */
	r->warned += r->vet.verdict == KA_VERDICT_WARN;
	r->refused += r->vet.verdict == KA_VERDICT_REJECT;
	return ka_vetshow_line(&r->show, number, k, &r->vet);
}

static int judge_all(struct run *r, int fd)
{
	bool shows_progress = isatty(STDERR_FILENO) == 1 && isatty(STDOUT_FILENO) != 1, more = true;
	struct ka_span text;
	enum ka_err err;

	ka_out_init(&r->show.out, stdout, KA_OUT_AUTO);
	r->show.file = r->opt.file;
	r->show.json = r->opt.json;
	r->scan.take = judge;
	r->scan.ctx = r;
	ka_linestream_init(&r->lines, fd);
	for (;;) {
		err = ka_linestream_next(&r->lines, &text, &more);
		if (err != KA_ERR_OK) {
			complain("cannot be read", r->opt.file, "");
			return KA_EXIT_UNDECIDED;
		}
		if (!more)
			break;
		if (ka_vetscan_line(&r->scan, r->lines.number, text) != KA_ERR_OK)
			break;
		if (shows_progress && r->lines.number % PROGRESS_LINES == 0)
			fprintf(stderr, "\r%llu lines", (unsigned long long)r->lines.number);
	}
	if (!more && ka_vetscan_end(&r->scan) != KA_ERR_OK)
		more = true;
	if (shows_progress && r->lines.number >= PROGRESS_LINES)
		fputc('\n', stderr);
	if (more || fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE)
			complain("cannot write the result", "", "");
		return KA_EXIT_UNDECIDED;
	}
	return r->refused > 0 || (r->opt.strict && r->warned > 0) ? KA_EXIT_FINDINGS : KA_EXIT_FINE;
}

int ka_cmd_vet(int argc, char **argv)
{
	KA_AUTOFREE struct run *r = calloc(1, sizeof(*r));
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err;
	int status;

	if (r == NULL)
		return KA_EXIT_UNDECIDED;
	status = read_options(argc, argv, &r->opt);
	if (status != KA_EXIT_FINE)
		return status;
	if (r->opt.help) {
		help(stdout);
		return KA_EXIT_FINE;
	}
	err = ka_toolpolicy_load(r->opt.conf, &r->policy);
	if (err != KA_ERR_OK) {
		complain(r->policy.wrong[0] != '\0' ? r->policy.wrong : "the configuration cannot be read", "", "");
		return KA_EXIT_UNDECIDED;
	}
	fd = open_input(r->opt.file);
	if (fd < 0)
		return KA_EXIT_UNDECIDED;
	r->when.now_sec = ka_clock_wall_us() / 1000000;
	r->when.local_offset_sec = ka_zone_offset_sec(r->when.now_sec);
	r->when.whole = true;
	r->when.ed25519 = ka_vetselftest_ed25519();
	return judge_all(r, fd);
}
