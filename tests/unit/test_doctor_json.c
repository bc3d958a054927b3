/* What the doctor and explain print as JSON is what docs/json.md shows. Runs from the root of the tree. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/cmd.h"
#include "keyaudit/doctor/doctor_json.h"
#include "keyaudit/explain/explainline.h"

#include "base/poison.h"

static int saved_stdout = -1, caught = -1;

static void catch_begin(void)
{
	fflush(stdout);
	saved_stdout = dup(STDOUT_FILENO);
	caught = memfd_create("stdout", MFD_CLOEXEC);
	assert_true(saved_stdout >= 0 && caught >= 0 && dup2(caught, STDOUT_FILENO) >= 0);
}

static json_t *catch_end(void)
{
	json_t *j;
	char *text = NULL;
	size_t len;

	fflush(stdout);
	dup2(saved_stdout, STDOUT_FILENO);
	close(saved_stdout);
	assert_int_equal(lseek(caught, 0, SEEK_SET), 0);
	assert_int_equal(ka_fd_slurp(caught, 1 << 20, &text, &len), KA_ERR_OK);
	close(caught);
	j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (j == NULL)
		fail_msg("no JSON object: %s", text);
	free(text);
	return j;
}

/* the sample behind <!-- sample: NAME --> in docs/json.md */
static json_t *sample(const char *mark)
{
	KA_AUTOCLOSE int fd = open("docs/json.md", O_RDONLY | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	char *begin, *end;
	size_t len;
	json_t *j;

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &text, &len), KA_ERR_OK);
	begin = strstr(text, mark);
	assert_non_null(begin);
	begin = strstr(begin, "```json");
	assert_non_null(begin);
	begin = strchr(begin, '\n');
	end = strstr(begin, "```");
	assert_non_null(end);
	*end = '\0';
	j = json_loads(begin, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	return j;
}

static void must_be_equal(json_t *got, json_t *want)
{
	if (json_object_get(want, "version") != NULL)
		json_object_set_new(want, "version", json_string(KA_VERSION));
	if (!json_equal(got, want))
		fail_msg("docs/json.md is not: %s", json_dumps(got, JSON_COMPACT));
	json_decref(got);
	json_decref(want);
}

static void put(char *out, size_t size, const char *text)
{
	assert_true(ka_span_copy(ka_span_of(text), out, size));
}

/* a diagnosis of one finding with everything in it that a finding can have */
static struct ka_diagnosis *diagnosis_of_a_mode(struct ka_diag_subject *s, struct ka_offer *o)
{
	struct ka_diagnosis *d = calloc(1, sizeof(*d));
	struct ka_finding *f;

	assert_non_null(d);
	memset(s, 0, sizeof(*s));
	memset(o, 0, sizeof(*o));
	put(s->user, sizeof(s->user), "bob");
	put(s->address, sizeof(s->address), "203.0.113.7");
	put(o->type, sizeof(o->type), "ssh-ed25519");
	put(o->fp, sizeof(o->fp), "SHA256:kR3mDlPSBWcCdsHSJAC+F2a53LSCJMNQnbGctVFZLh4");
	s->offers = o;
	s->offers_count = 1;
	put(d->sshd_version, sizeof(d->sshd_version), "OpenSSH_9.2p1 Debian-2+deb12u10");
	d->strict_modes_debian = true;
	ka_unjudged_add(&d->unjudged, KA_UNJUDGED_ACL, "/home/bob/.ssh");
	d->has_primary = true;
	d->count = 1;
	f = &d->findings[0];
	f->reason = KA_REASON_PERM_GROUP_WRITABLE;
	f->decided = true;
	put(f->evidence.path, sizeof(f->evidence.path), "/home/bob/.ssh/authorized_keys");
	f->evidence.has_stat = true;
	f->evidence.mode = 0100664;
	f->evidence.uid = 1002;
	f->evidence.gid = 50;
	put(f->evidence.owner, sizeof(f->evidence.owner), "bob");
	put(f->evidence.group, sizeof(f->evidence.group), "staff");
	put(f->evidence.note, sizeof(f->evidence.note), "group staff has 4 other members");
	f->fix.as_user = true;
	f->fix.commands = 1;
	put(f->fix.command[0], sizeof(f->fix.command[0]), "runuser -u bob -- chmod go-w -- /home/bob/.ssh/authorized_keys");
	d->way.count = 2;
	d->way.line[0] = (struct ka_way_line){ .file = -1, .what = "account", .text = "uid 1002, home /home/bob" };
	d->way.line[1] = (struct ka_way_line){ .file = 0, .what = "/home/bob/.ssh/authorized_keys", .text = "1 key, 1 damaged", .has_stat = true, .mode = 0100664,
					       .owner = "bob", .group = "staff", .state = KA_WAY_BAD, .reason = KA_REASON_PERM_GROUP_WRITABLE };
	d->rows_count = 2;
	d->rows[0] = (struct ka_keyrow){ .line = 1, .is_key = 1, .type = "ssh-ed25519", .comment = "bob@laptop",
					 .fp = "SHA256:kR3mDlPSBWcCdsHSJAC+F2a53LSCJMNQnbGctVFZLh4" };
	d->rows[1] = (struct ka_keyrow){ .line = 3, .column = 1, .offer = UINT32_MAX, .reason = KA_REASON_LINE_WRAPPED };
	return d;
}

static void doctor__user__as_documented(void **state)
{
	static const struct ka_lastrefusal last = { .at = "2026-08-23T10:15:42.000000Z", .address = "203.0.113.7",
						    .reason = "perm.group-writable", .ref = "asm6lelb" };
	struct ka_diag_subject s;
	struct ka_offer o;
	KA_AUTOFREE struct ka_diagnosis *d = diagnosis_of_a_mode(&s, &o);

	(void)state;
	catch_begin();
	ka_doctor_json_user(&s, d, &last);
	must_be_equal(catch_end(), sample("<!-- sample: doctor -->"));
}

static void doctor__hostile_path__stays_one_string(void **state)
{
	static const struct ka_lastrefusal none = { .at = "" };
	struct ka_diag_subject s;
	struct ka_offer o;
	KA_AUTOFREE struct ka_diagnosis *d = diagnosis_of_a_mode(&s, &o);
	json_t *j, *path;

	(void)state;
	put(d->findings[0].evidence.path, sizeof(d->findings[0].evidence.path), "/h/\"},\n\x1b[2J\xff\\");
	catch_begin();
	ka_doctor_json_user(&s, d, &none);
	j = catch_end();
	path = json_object_get(json_object_get(json_array_get(json_object_get(j, "findings"), 0), "evidence"), "path");
	assert_string_equal(json_string_value(path), "/h/\"},\\x0a\\x1b[2J\\xff\\x5c");
	assert_null(json_object_get(j, "last_refusal"));
	json_decref(j);
}

static void doctor__installation__as_documented(void **state)
{
	KA_AUTOFREE struct ka_install *list = calloc(1, sizeof(*list));

	(void)state;
	assert_non_null(list);
	list->count = 2;
	put(list->sshd_version, sizeof(list->sshd_version), "OpenSSH_9.2p1 Debian-2+deb12u10");
	put(list->items[0].what, sizeof(list->items[0].what), "configuration");
	put(list->items[0].text, sizeof(list->items[0].text), "complete and safe: /etc/keyaudit/keyaudit.conf");
	list->items[1].state = KA_INSTALL_FAIL;
	list->items[1].reason = KA_REASON_CONF_DISABLED;
	put(list->items[1].what, sizeof(list->items[1].what), "configuration");
	put(list->items[1].text, sizeof(list->items[1].text), "nothing is served: /etc/keyaudit/disabled is there: no key is served until it is removed");
	put(list->items[1].mend, sizeof(list->items[1].mend), "rm /etc/keyaudit/disabled");
	catch_begin();
	ka_doctor_json_install(list);
	must_be_equal(catch_end(), sample("<!-- sample: install -->"));
}

static void explain__reason__as_documented(void **state)
{
	char verb[] = "explain", json[] = "--json", id[] = "perm.group-writable", *argv[] = { verb, json, id, NULL };
	int status;

	(void)state;
	catch_begin();
	status = ka_cmd_explain(3, argv);
	must_be_equal(catch_end(), sample("<!-- sample: explain -->"));
	assert_int_equal(status, KA_EXIT_FINE);
}

static void explain__a_line_of_the_log__as_documented(void **state)
{
	struct ka_sshdsay said;
	bool written;

	(void)state;
	assert_true(ka_explainline_read(ka_span_of("Invalid user bob from 192.0.2.7 port 40000"), 0, &said));
	catch_begin();
	written = ka_explainline_json(&said);
	must_be_equal(catch_end(), sample("<!-- sample: log-line -->"));
	assert_true(written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doctor__user__as_documented), cmocka_unit_test(doctor__hostile_path__stays_one_string),
		cmocka_unit_test(doctor__installation__as_documented), cmocka_unit_test(explain__reason__as_documented),
		cmocka_unit_test(explain__a_line_of_the_log__as_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
