/* Finding the trail. */
#include "keyaudit/log/logtrail.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/screen/out_text.h"
#include "source/confload.h"

#include "base/poison.h"

void ka_logtrail_find(const char *verb, const char *conf_path, char *path, size_t size)
{
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));

	if (conf != NULL && load != NULL && ka_confload(conf_path, conf, load, NULL) == KA_ERR_OK &&
	    (load->reason == KA_REASON_NONE || load->reason == KA_REASON_CONF_DISABLED) &&
	    ka_span_copy(ka_span_of(conf->trail), path, size))
		return;
	(void)ka_span_copy(ka_span_of(KA_PATH_TRAIL), path, size);
	fprintf(stderr, "keyaudit %s: no usable configuration (%s), reading " KA_PATH_TRAIL "\n", verb,
		load != NULL && load->text[0] != '\0' ? load->text : "it cannot be read");
}

int ka_logtrail_complain(const char *verb, const char *path)
{
	int e = errno;
	struct ka_out err;

	ka_out_init(&err, stderr, KA_OUT_AUTO);
	fprintf(stderr, "keyaudit %s: ", verb);
	ka_out_escaped(&err, KA_OUT_PLAIN, path, KA_TEXT_PATH_MAX);
	if (e == EACCES || e == EPERM) {
		fputs(": no permission to read the trail; run it with sudo, or as a member of the trail's group\n", stderr);
		return KA_EXIT_NOPERM;
	}
	if (e == ENOENT || e == ENOTDIR)
		fputs(": there is no trail yet; keyaudit collect writes it (is the service running?)\n", stderr);
	else
		fputs(e == EINVAL ? ": not a regular file\n" : ": cannot be read\n", stderr);
	return KA_EXIT_UNDECIDED;
}
