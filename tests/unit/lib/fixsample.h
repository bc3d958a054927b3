/* An invented turn with strangers' text in every place that has room for it; for what shows turns. */
#ifndef KA_TESTS_FIXSAMPLE_H
#define KA_TESTS_FIXSAMPLE_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "keyaudit/mend/fixturn.h"

#define FIXSAMPLE_EVIL "a\nrm -rf /\x1b[2J\"'$(reboot)\xff"

struct fixsample {
	struct ka_finding finding;
	struct ka_fixturn turn;
	struct ka_fixturn_file file;
};

/** fixsample_make() - READY, and somebody must vouch for it */
static inline void fixsample_make(struct fixsample *s)
{
	struct ka_fixkeys *k = &s->file.look.keys;

	memset(s, 0, sizeof(*s));
	s->finding.reason = KA_REASON_PERM_WORLD_WRITABLE;
	memcpy(s->finding.evidence.path, "/home/" FIXSAMPLE_EVIL, sizeof("/home/" FIXSAMPLE_EVIL));
	memcpy(s->finding.fix.command[0], "runuser -u alice -- chmod go-w -- /x", sizeof("runuser -u alice -- chmod go-w -- /x"));
	s->finding.fix.commands = 1;
	s->turn.finding = &s->finding;
	s->turn.needs_trust = true;
	s->turn.files_count = 1;
	s->turn.file[0] = &s->file;
	memcpy(s->file.path, "/home/" FIXSAMPLE_EVIL, sizeof("/home/" FIXSAMPLE_EVIL));
	s->file.walk.it.mtime_ns = 1700000000LL * 1000000000;
	k->keys = 1;
	k->odd = 2;
	k->odd_line = 7;
	k->row[0].line = 3;
	memcpy(k->row[0].type, "ssh-ed25519", sizeof("ssh-ed25519"));
	memcpy(k->row[0].fp, "SHA256:x", sizeof("SHA256:x"));
	memcpy(k->row[0].comment, FIXSAMPLE_EVIL, sizeof(FIXSAMPLE_EVIL));
}

/** fixsample_read() - what was written to @f, static storage */
static inline const char *fixsample_read(FILE *f)
{
	static char text[16384];
	size_t n;

	rewind(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

#endif
