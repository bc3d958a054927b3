/* Invented facts: see factsample.h. Nothing here looks at a real file. */
#include "tests/unit/lib/factsample.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/buf.h"
#include "diag/rules.h"

#include "base/poison.h"

struct factsample factsample;

int factsample_plain(void **state)
{
	(void)state;
	memset(&factsample.facts, 0, sizeof(factsample.facts));
	memset(&factsample.subject, 0, sizeof(factsample.subject));
	memset(factsample.offers, 0, sizeof(factsample.offers));
	put(factsample.subject.user, "alice");
	put(factsample.subject.address, "192.0.2.7");
	factsample.subject.offers = factsample.offers;
	factsample.subject.offers_count = factsample.facts.offers_count = 1;
	put(factsample.facts.offers[0].type, "ssh-ed25519");
	factsample.offers[0].said = KA_OFFER_NONE;
	factsample.offers[0].runs = 1;
	factsample.facts.subject = &factsample.subject;
	factsample.facts.account = KA_FACTS_ACCOUNT_KNOWN;
	factsample.facts.uid = factsample.facts.gid = 1001;
	put(factsample.facts.home, "/home/alice");
	factsample.facts.sshd.pubkey = true;
	factsample.facts.has_files = factsample.facts.files.has_home = factsample.facts.asks_us = factsample.facts.is_debian = true;
	factsample.facts.files.count = 2;
	put(factsample.facts.files.files[0].path, FILE1);
	put(factsample.facts.files.files[1].path, FILE2);
	factsample.facts.files.files[1].entry = 1;
	factsample.facts.files.files[0].errnum = factsample.facts.files.files[1].errnum = ENOENT;
	return 0;
}

/* the file is there, sound and read */
struct ka_userfile *factsample_there(size_t i)
{
	struct ka_userfile *f = &factsample.facts.files.files[i];

	f->errnum = 0;
	f->is_read = 1;
	memcpy(f->own.path, f->path, sizeof(f->path));
	f->own.mode = S_IFREG | 0600;
	f->own.uid = f->own.gid = 1001;
	return f;
}

void factsample_hit(struct ka_userfile *f, uint32_t offer, enum ka_reason reason, enum ka_keyscan_fit fit)
{
	f->scan.usable += fit == KA_KEYSCAN_LISTED;
	f->scan.hits[f->scan.hits_count++] = (struct ka_keyscan_hit){ .offer = offer, .reason = (uint32_t)reason, .fit = fit, .line = 3,
								      .column = 1 };
}

void factsample_bad_perm(struct ka_userfile *f, enum ka_reason reason, const char *path, unsigned mode)
{
	f->perm_reason = (uint32_t)reason;
	put(f->perm.path, path);
	f->perm.mode = mode;
	f->perm.uid = f->perm.gid = 1001;
}

/* a stack that includes nothing */
static void include_nothing(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	(void)ctx;
	(void)name;
	(void)phase;
	fail();
}

void factsample_pam(const char *text)
{
	struct ka_facts *f = &factsample.facts;

	f->sshd.is_known = f->sshd.use_pam = true;
	memset(&f->pam, 0, sizeof(f->pam));
	f->pam.is_known = true;
	put(f->pam.path, "/etc/pam.d/sshd");
	ka_pamline_file(&f->pam.lines, f->pam.path);
	ka_pamconf_parse(ka_span_of(text), "sshd", KA_PAMCONF_PHASES, include_nothing, NULL, &f->pam);
}

/* an earlier line of a keyword is the one that is asked for, the last one decides what is parsed: say each once */
void factsample_sshd(const char *lines)
{
	char text[4096];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, lines);
	if (strstr(lines, "pubkeyauthentication") == NULL)
		ka_buf_text(&b, "\npubkeyauthentication yes\n");
	assert_false(b.overflow);
	assert_true(ka_sshdconf_parse(ka_buf_as_span(&b), &factsample.facts.sshd));
}

/* the primary reason; factsample.evidence and factsample.fix are made for it */
enum ka_reason factsample_primary(void)
{
	const struct ka_primary_item *item;
	int offer;

	memset(&factsample.out, 0, sizeof(factsample.out));
	ka_rules_run(&factsample.facts, &factsample.out, &factsample.would_login);
	ka_primary_sort(&factsample.out);
	item = ka_primary_choose(&factsample.out, factsample.facts.offers_count, &offer);
	if (item == NULL)
		return KA_REASON_NONE;
	memset(&factsample.evidence, 0, sizeof(factsample.evidence));
	memset(&factsample.fix, 0, sizeof(factsample.fix));
	if (item->explain != NULL)
		item->explain(&factsample.facts, item, &factsample.evidence, &factsample.fix);
	else
		ka_evidence_make(&factsample.facts, item, &factsample.evidence);
	ka_mend_make(&factsample.facts, item, &factsample.evidence, &factsample.fix);
	assert_true(factsample.fix.commands > 0 || factsample.fix.advice[0] != '\0');
	return item->reason;
}

bool factsample_has(enum ka_reason reason)
{
	for (size_t i = 0; i < factsample.out.count; i++)
		if (factsample.out.items[i].reason == reason)
			return true;
	return false;
}

struct ka_userfile *factsample_near(const char *path)
{
	struct ka_userfile *f = &factsample.facts.files.files[2];

	factsample.facts.files.count = 3;
	put(f->path, path);
	put(f->expected, FILE1);
	factsample_there(2)->entry = UINT32_MAX;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	return f;
}

void factsample_line(enum ka_reason reason, enum ka_keyscan_what what, unsigned column, const char *detail, const char *near)
{
	struct ka_keyscan_hit *h;

	factsample_plain(NULL);
	factsample_hit(factsample_there(0), 0, reason, KA_KEYSCAN_WHOLE);
	h = &factsample.facts.files.files[0].scan.hits[0];
	h->what = what;
	h->column = column;
	put(h->detail, detail);
	put(h->near, near);
	assert_int_equal(factsample_primary(), reason);
}
