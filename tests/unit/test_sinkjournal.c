/* sink/sinkjournal: the fields, no field of a stranger's, and never a wait. */
#include "keyaudit/sink/sinkjournal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char out[KA_SINK_JOURNAL_MAX];

static const char *of(const struct sample *s, size_t size)
{
	json_t *event = formsample_event(s);
	struct ka_buf b;

	ka_buf_init(&b, out, size);
	ka_sinkjournal_write(event, &b);
	json_decref(event);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return out;
}

/* each line is a field of ours, in capitals */
static void is_fields(const char *text)
{
	struct ka_span rest = ka_span_of(text), line;

	assert_true(rest.len > 0 && rest.p[rest.len - 1] == '\n');
	rest.len--;
	while (ka_text_split(&rest, '\n', &line)) {
		size_t n = ka_span_find(line, '=');

		assert_true(n > 0 && n < line.len && n <= 64);
		for (size_t i = 0; i < n; i++)
			assert_true(ka_text_is_upper(line.p[i]) || ka_text_is_digit(line.p[i]) || (i > 0 && line.p[i] == '_'));
		assert_true(ka_text_is_plain(line));
	}
}

static void write__sample__has_these_fields(void **state)
{
	static const char *const fields[] = {
		"MESSAGE=ssh key refused: reason=perm.group-writable user=\"alice\" rhost=203.0.113.7 port=50514 fp=" SAMPLE_FP " path=",
		"\nMESSAGE_ID=a28eb8a64d4b4f03a6a6e0048215b658\nPRIORITY=5\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=keyaudit\n",
		"\nKEYAUDIT_ACTION=ssh-key-refused\n", "\nKEYAUDIT_REASON=perm.group-writable\n", "\nKEYAUDIT_STAGE=perm\n", "\nKEYAUDIT_USER=alice\n",
		"\nKEYAUDIT_RHOST=203.0.113.7\nKEYAUDIT_RPORT=50514\nKEYAUDIT_KEY_TYPE=ssh-ed25519\nKEYAUDIT_KEY_FP=" SAMPLE_FP "\n",
		"\nKEYAUDIT_PATH=/home/alice/.ssh/authorized_keys\nKEYAUDIT_MODE=0664\nKEYAUDIT_SSHD_PID=4240\n",
		"\nKEYAUDIT_EVENT_ID=fi7vpgkfaann3oq7v2fa7tnhg4\nKEYAUDIT_REF=asm6lelb\n",
		"\nKEYAUDIT_FIX=runuser -u alice -- chmod go-w /home/alice/.ssh/authorized_keys\n",
	};
	struct sample *s = sample_new();

	(void)state;
	of(s, sizeof(out));
	is_fields(out);
	for (size_t i = 0; i < KA_ARRAY_LEN(fields); i++)
		if (strstr(out, fields[i]) == NULL)
			fail_msg("no %s", fields[i]);
	free(s);
}

static void write__hostile__no_field_of_its_own(void **state)
{
	static const char *const hostile[] = { "a\nMESSAGE_ID=0\nX=", "a\r\n_UID=0", "\xff\xfe\n\n", "a=b", "%n%s\x1b[2J" };
	struct sample *s = sample_new();

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(hostile); i++) {
		SAMPLE_SET(s->e.user, hostile[i]);
		SAMPLE_SET(s->finding.evidence.path, hostile[i]);
		s->e.key_label = hostile[i];
		of(s, sizeof(out));
		is_fields(out);
		assert_null(strstr(out, "\nX="));
		assert_null(strstr(out, "\n_UID"));
	}
	/* anybody's line, where nothing was escaped */
	{
		json_t *e = formsample_json("{'event':{'action':'sink-x','severity':9},'user':{'name':'a\\nX=1'}}");
		struct ka_buf b;

		ka_buf_init_array(&b, out);
		ka_sinkjournal_write(e, &b);
		is_fields(out);
		assert_non_null(strstr(out, "\nPRIORITY=1\n"));
		assert_non_null(strstr(out, "\nKEYAUDIT_USER=a\\x0aX=1\n"));
		json_decref(e);
	}
	free(s);
}

static void write__too_small__whole_fields(void **state)
{
	struct sample *s = sample_new();

	(void)state;
	of(s, 700);
	is_fields(out);
	assert_non_null(strstr(out, "MESSAGE_ID="));
	assert_null(strstr(out, "KEYAUDIT_FIX"));
	free(s);
}

static void id__one_for_each_class(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KA_EVENT_COUNT; i++)
		assert_int_equal(strspn(ka_sinkjournal_id(ka_event_action_text((enum ka_action_event)i)), "0123456789abcdef"), 32);
	assert_string_equal(ka_sinkjournal_id("ssh-key-refused-summary"), ka_sinkjournal_id("ssh-key-refused"));
	assert_string_equal(ka_sinkjournal_id("sink-works"), ka_sinkjournal_id("sink-failing"));
	assert_string_not_equal(ka_sinkjournal_id("sink-works"), ka_sinkjournal_id("anything else"));
}

/* runs from the root of the tree */
static void id__each_has_its_text_in_the_catalog(void **state)
{
	static const char *const others[] = { "store-degraded", "trail-seal", "config-changed", "anything else" };
	KA_AUTOCLOSE int fd = open("conf/keyaudit.catalog", O_RDONLY | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	char entry[64];
	size_t len;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 1 << 16, &text, &len), KA_ERR_OK);
	for (unsigned i = 0; i < KA_EVENT_COUNT + KA_ARRAY_LEN(others); i++) {
		snprintf(entry, sizeof(entry), "\n-- %s\nSubject: ",
			 ka_sinkjournal_id(i < KA_EVENT_COUNT ? ka_event_action_text((enum ka_action_event)i) : others[i - KA_EVENT_COUNT]));
		assert_non_null(strstr(text, entry));
	}
}

static void send__nobody_listens__error_at_once(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	KA_AUTOCLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char dir[] = "/tmp/ka-journal-XXXXXX", got[16];
	unsigned sent = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/socket", dir);
	assert_int_equal(ka_sinkjournal_send(at.sun_path, "A=b\n", 4), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(ka_sinkjournal_send(at.sun_path, "A=b\n", 4), KA_ERR_OK);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 4);
	/* nobody reads: it fails when the queue is full, and does not wait */
	while (sent < 100000 && ka_sinkjournal_send(at.sun_path, "A=b\n", 4) == KA_ERR_OK)
		sent++;
	assert_true(sent < 100000 && errno == EAGAIN);
	unlink(at.sun_path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__has_these_fields),
		cmocka_unit_test(write__hostile__no_field_of_its_own),
		cmocka_unit_test(write__too_small__whole_fields),
		cmocka_unit_test(id__one_for_each_class),
		cmocka_unit_test(id__each_has_its_text_in_the_catalog),
		cmocka_unit_test(send__nobody_listens__error_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
