/*
 * A make-believe sshd that runs, in front of those in the archive: definitions, for one test program each. It must be
 * begun with fakesshd_begin() before each test.
 */
#ifndef KA_TESTS_FAKESSHD_H
#define KA_TESTS_FAKESSHD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/daemon.h"
#include "diag/sshdplaces.h"

static struct {
	bool has_listener, has_other, is_ambiguous; /* what listens */
	bool is_untold;                             /* a file is younger than it */
	const char *text;                           /* its command line */
	const char *test;                           /* what sshd -t says; NULL: it is not run */
	char config[128], places[128];              /* what was asked for */
	unsigned examined, options;
} fakesshd;

static void fakesshd_begin(void)
{
	memset(&fakesshd, 0, sizeof(fakesshd));
	fakesshd.text = "";
}

void ka_daemon_find(const char *config, struct ka_daemon *out)
{
	struct ka_listener *l = &out->listener;

	assert_true(ka_span_copy(ka_span_of(config), fakesshd.config, sizeof(fakesshd.config)));
	memset(out, 0, sizeof(*out));
	out->unit = "ssh";
	l->is_found = fakesshd.has_listener;
	l->has_other = fakesshd.has_other;
	l->args.is_ambiguous = fakesshd.is_ambiguous;
	l->args.count = 2;
	l->args.options[0].letter = 'p';
	l->args.options[1].letter = 'o';
	assert_true(ka_span_copy(ka_span_of("X=y"), l->args.options[1].value, sizeof(l->args.options[1].value)));
	assert_true(ka_span_copy(ka_span_of(fakesshd.text), l->args.text, sizeof(l->args.text)));
}

void ka_daemon_loaded(const struct ka_sshdconf *c, struct ka_daemon *d)
{
	(void)c;
	d->loaded_us = fakesshd.is_untold ? 0 : 77;
	d->listener.started_us = 77;
}

void ka_daemon_examine(const char *program, const char *config, const struct ka_sshdconf *c, struct ka_daemon *d)
{
	(void)c;
	assert_int_equal(program[0], '/');
	assert_string_equal(config, fakesshd.config);
	fakesshd.examined++;
	d->listener.is_asked = d->is_tested = fakesshd.test != NULL;
	d->test_status = 255;
	if (fakesshd.test != NULL)
		assert_true(ka_span_copy(ka_span_of(fakesshd.test), d->test, sizeof(d->test)));
}

void ka_sshdplaces_init(struct ka_sshdplaces *p)
{
	p->count = p->files_count = 0;
	p->text[0] = '\0';
}

void ka_sshdplaces_add_option(struct ka_sshdplaces *p, struct ka_span option)
{
	(void)p;
	assert_true(ka_span_is(option, "X=y"));
	fakesshd.options++;
}

void ka_sshdplaces_gather(struct ka_sshdplaces *p, const char *config)
{
	assert_true(ka_span_copy(ka_span_of(config), fakesshd.places, sizeof(fakesshd.places)));
	p->files_count = 1;
	p->files[0] = (struct ka_sshdplace_file){ .changed_us = fakesshd.is_untold ? 2000000 : 70 };
}

#endif
