/* One run of authkeys-cmd/cmdserve, and what it works with. Each test program includes it once, with its own sources. */
#ifndef KA_TESTS_SERVEPLACE_H
#define KA_TESTS_SERVEPLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "authkeys-cmd/cmdserve.h"
#include "base/fd.h"
#include "tests/unit/lib/keysample.h"

static struct ka_attempt attempt;
static struct ka_cmdserve serve;
static struct ka_cmdargs args;
static struct ka_conf conf;
static struct ka_vetpolicy policy;
static struct ka_judge judge;
static struct ka_cmdstore serveplace_store; /* of a test that has none of its own */
static struct ka_record record;
static struct ka_keysample good, other, weak;
static char printed[64 * 1024];
static enum ka_conf_profile serveplace_profile; /* -P of the next runs */

/* empty, with the default policy */
static void serveplace_clear(void)
{
	memset(&conf, 0, sizeof(conf));
	conf.user_profiles = "";
	memset(&record, 0, sizeof(record));
	memset(&serve, 0, sizeof(serve));
	serveplace_profile = KA_CONF_PROFILE_NONE;
	ka_vetpolicy_default(&policy);
	ka_judge_open(NULL, &judge); /* a program that it starts ends with the test */
	ka_keysample_find("ed25519", &good);
	ka_keysample_find("ecdsa256", &other);
	ka_keysample_find("rsa1024", &weak);
}

/* a source of this name with its file at @path; its number */
static size_t serveplace_source(const char *name, const char *path)
{
	struct ka_conf_source *source = &conf.sources[conf.sources_count];

	assert_true(ka_span_copy(ka_span_of(name), source->name, sizeof(source->name)));
	source->path = path;
	return conf.sources_count++;
}

static void begin(const struct ka_keysample *offered)
{
	static char key[8192];
	const char *argv[] = { "cmd", "-u", "alice", "-U", "1000", "-H", "/home/alice", "-t", "ssh-ed25519", "-k", key, NULL };

	if (offered != NULL)
		assert_true(ka_span_copy(ka_span_of(strchr(offered->line, ' ') + 1), key, sizeof(key)));
	key[strcspn(key, " ")] = '\0';
	ka_cmdargs_parse(offered != NULL ? 11 : 9, (char **)(uintptr_t)argv, &args);
	assert_null(args.wrong);
	args.profile = serveplace_profile;
	serve.args = &args;
	serve.conf = &conf;
	serve.policy = &policy;
	serve.judge = &judge;
	if (serve.store == NULL)
		serve.store = &serveplace_store;
	serve.record = &record;
	ka_buf_init_array(&serve.out, serve.out_text);
	ka_buf_init_array(&serve.src, record.src);
	ka_buf_init_array(&serve.reasons, record.reasons);
	ka_buf_init_array(&serve.opts, record.opts);
}

/* one run; what it prints ends up in `printed` */
static void run(const struct ka_keysample *offered)
{
	char path[] = "/tmp/keyaudit-serve-XXXXXX";
	int fd = mkstemp(path);
	size_t len;

	assert_true(fd >= 0);
	unlink(path);
	begin(offered);
	serve.out_fd = fd;
	ka_cmdserve_run(&serve);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(ka_fd_read_all(fd, printed, sizeof(printed) - 1, &len), KA_ERR_OK);
	printed[len] = '\0';
	close(fd);
}

#endif
