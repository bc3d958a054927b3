/*
 * One diagnosis, printed for scripts (tests/e2e/4*.sh).
 * usage: diagnose USER ADDRESS KEY.pub... (as root; ADDRESS may be "")
 * There are no records of the keys: sources are judged as they are now, as for the doctor.
 *
 *	primary REASON
 *	finding REASON decided|secondary OFFER LINE:COLUMN MODE OWNER:GROUP PATH
 *	note TEXT
 *	fix COMMAND            one line each, ready for a shell
 *	advice TEXT
 *	verdict N REASON       per key
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/text.h"
#include "diag/diagnosis.h"
#include "source/confload.h"

#include "base/poison.h"

static struct ka_diagnosis diagnosis;
static struct ka_offer offers[8];
static struct ka_conf conf;

static bool read_key(const char *path, struct ka_offer *o)
{
	char text[8192];
	size_t len = 0;
	int fd = open(path, O_RDONLY);
	struct ka_span rest, type, key;

	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		return false;
	close(fd);
	rest = (struct ka_span){ (const uint8_t *)text, len };
	return ka_text_word(&rest, &type) && ka_text_word(&rest, &key) && ka_span_copy(type, o->type, sizeof(o->type)) &&
	       ka_span_copy(key, o->key, sizeof(o->key));
}

static void put(const char *what, const char *text)
{
	char line[4096];
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_text_escape(&b, ka_span_of(text), 0, sizeof(line) - 1);
	if (text[0] != '\0')
		printf("%s %s\n", what, line);
}

static void print(const struct ka_finding *f)
{
	const struct ka_evidence *e = &f->evidence;

	printf("finding %s %s %d %u:%u %04o %s:%s ", ka_reason_id(f->reason), f->decided ? "decided" : "secondary", f->offer, e->line,
	       e->column, e->has_stat ? (unsigned)e->mode & 07777 : 0, e->has_stat ? e->owner : "-", e->has_stat ? e->group : "-");
	put("", e->path[0] != '\0' ? e->path : "-");
	put("target", e->target);
	put("detail", e->detail);
	put("note", e->note);
	for (size_t i = 0; i < f->fix.commands; i++)
		printf("fix %s\n", f->fix.command[i]);
	put("advice", f->fix.advice);
}

int main(int argc, char **argv)
{
	struct ka_confload load;
	struct ka_diag_subject s = { .now_sec = ka_clock_wall_us() / 1000000, .offers = offers };

	if (argc < 3 || argc > 11 || !ka_span_copy(ka_span_of(argv[1]), s.user, sizeof(s.user)) ||
	    !ka_span_copy(ka_span_of(argv[2]), s.address, sizeof(s.address))) {
		fprintf(stderr, "usage: diagnose USER ADDRESS KEY.pub...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		if (!read_key(argv[i], &offers[s.offers_count++])) {
			fprintf(stderr, "diagnose: cannot read %s\n", argv[i]);
			return 2;
		}
	s.is_general = s.offers_count == 0;
	if (ka_confload(KA_PATH_CONF, &conf, &load, NULL) != KA_ERR_OK)
		return 3;
	s.conf = load.reason == KA_REASON_NONE || load.reason == KA_REASON_CONF_DISABLED ? &conf : NULL;
	if (ka_diagnosis_run(&s, &diagnosis) != KA_ERR_OK)
		return 3;
	printf("primary %s\n", diagnosis.has_primary ? ka_reason_id(diagnosis.findings[0].reason) : "-");
	for (size_t i = 0; i < diagnosis.count; i++)
		print(&diagnosis.findings[i]);
	for (size_t i = 0; i < s.offers_count; i++)
		printf("verdict %zu %s\n", i, ka_reason_id(offers[i].verdict));
	printf("sshd %s%s%s\n", diagnosis.sshd_version, diagnosis.strict_modes_debian ? " debian" : " upstream",
	       diagnosis.hung ? " hung" : "");
	return 0;
}
