/* What one line does to the configuration: sections opened, keys looked up, values stored with their place. Pure. */
#ifndef KA_CONF_CONFSET_H
#define KA_CONF_CONFSET_H

#include "conf/conf.h"
#include "conf/confini.h"
#include "conf/confrow.h"

/* one file while it is read */
struct ka_confset {
	struct ka_conf *c;
	struct ka_conf_errors *errors;
	const char *file;              /* escaped */
	struct ka_conf_at at;          /* this line */
	enum ka_conf_section section;  /* KA_CONF_SECTION_COUNT before the first and in an unknown one */
	struct ka_conf_source *source; /* in [source NAME] */
	bool is_skipping;              /* in a section with an error: its keys are not looked at */
};

/** ka_confset_section() - a section line */
void ka_confset_section(struct ka_confset *s, const struct ka_confini *ini);

/** ka_confset_key() - a key line */
void ka_confset_key(struct ka_confset *s, const struct ka_confini *ini);

/** ka_confset_bad() - a line that is neither */
void ka_confset_bad(struct ka_confset *s, const struct ka_confini *ini);

/** ka_confset_default() - the default of a row that has one, into @base: @c, or the source whose row it is */
void ka_confset_default(struct ka_conf *c, void *base, const struct ka_confrow *row);

/** ka_confset_swap() - exchange two sources */
void ka_confset_swap(struct ka_conf_source *a, struct ka_conf_source *b);

/** ka_confset_nearest_source() - a known source name that was probably meant, or NULL */
const char *ka_confset_nearest_source(const struct ka_conf *c, struct ka_span name);

#endif
