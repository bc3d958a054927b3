/* Two configuration files: messages are harmless, what is accepted shows as text that reads back the same, locked stays locked. */
#include <string.h>

#include "base/text.h"
#include "conf/conf.h"
#include "conf/confrow.h"
#include "conf/confsource.h"
#include "conf/confvalue.h"
#include "tests/fuzz/fuzz.h"
#include "vet/vetconf.h"

#include "base/poison.h"

static struct ka_conf conf, again;
static struct ka_conf_errors errors;
static struct ka_vetpolicy policy;

static void look(void *ctx, const char *text)
{
	(void)ctx;
	MUST(strlen(text) < KA_CONF_ERROR_MAX && (text[0] == 'a' || text[0] == 'b') && text[1] == ':');
	MUST(ka_text_is_plain(ka_span_of(text)));
}

static void round_trip(const void *from, struct ka_conf *c, void *to, const struct ka_confrow *row)
{
	char text[KA_CONF_TEXT_MAX], back[KA_CONF_TEXT_MAX];
	struct ka_conferr e;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_confvalue_show(from, row, &b);
	MUST(ka_buf_check(&b) == KA_ERR_OK && ka_text_is_plain(ka_buf_as_span(&b)));
	ka_conferr_begin(&e, "a", 1);
	MUST(ka_confvalue_set(c, to, row, ka_buf_as_span(&b), &e));
	ka_buf_init_array(&b, back);
	ka_confvalue_show(to, row, &b);
	MUST(strcmp(text, back) == 0);
}

static void all_rows(void)
{
	ka_conf_default(&again);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		for (size_t i = 0; row->section == KA_CONF_SECTION_SOURCE && i < conf.sources_count; i++)
			if (ka_confsource_uses(&conf.sources[i], (enum ka_conf_key)k))
				round_trip(&conf.sources[i], &again, &again.sources[i], row);
		if (row->section != KA_CONF_SECTION_SOURCE && !ka_confrow_is_prefix(row))
			round_trip(&conf, &again, &again, row);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span rest = { data, size }, file;

	errors = (struct ka_conf_errors){ .each = look };
	ka_conf_default(&conf);
	for (const char *name = "a"; size > 0 && ka_text_split(&rest, 1, &file); name = "b")
		ka_conf_read(&conf, name, file, &errors);
	ka_conf_finish(&conf, conf.files_count > 0 ? &errors : &(struct ka_conf_errors){ .count = 0 });
	MUST(conf.sources_count <= conf.sources_known && conf.sources_known <= KA_SOURCES_MAX);
	MUST(conf.severities_count <= KA_CONF_SEVERITIES_MAX && conf.levels_count <= KA_CONF_SEVERITIES_MAX);
	if (conf.files_count > 0)
		ka_vetconf_make(&conf, &policy, &errors);
	for (unsigned r = 0; conf.files_count > 0 && r < KA_REASON_COUNT; r++)
		MUST((policy.action[r] == KA_ACTION_LOCKED) == (ka_reason_action((enum ka_reason)r) == KA_ACTION_LOCKED));
	if (errors.count == 0 && size > 0)
		all_rows();
	return 0;
}
