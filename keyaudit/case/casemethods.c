/* Each witness in turn. It must never take a word of a stranger's for a method. */
#include "keyaudit/case/casemethods.h"

#include <string.h>

#include "audit/eventmethod.h"
#include "base/text.h"

#include "base/poison.h"

static unsigned of_records(const struct ka_case *c)
{
	return c->offers_count > 0 || c->session_key.type[0] != '\0' ? KA_METHOD_PUBLICKEY : 0;
}

static unsigned of_phases(const struct ka_case *c)
{
	unsigned set = (c->auth_in_monitor ? KA_METHOD_PASSWORD : 0) | (c->auth_in_fork ? KA_METHOD_KEYBOARD_INTERACTIVE : 0);
	struct ka_cursor cur;
	struct ka_span line, word;

	if (c->info == NULL)
		return set;
	ka_cursor_init(&cur, c->info, strlen(c->info));
	while (ka_cursor_line(&cur, &line, NULL))
		if (ka_text_word(&line, &word))
			set |= ka_eventmethod_of(word);
	return set;
}

static unsigned of_log(const struct ka_case *c)
{
	struct ka_sshdsay w;
	unsigned set = 0;

	for (size_t i = 0; i < c->said_count; i++) {
		if (!c->said[i].is_verified && c->said_sure)
			continue;
		ka_said_words(&c->said[i], &w);
		set |= ka_eventmethod_of(w.method);
	}
	return set;
}

unsigned ka_casemethods(const struct ka_case *c)
{
	return of_records(c) | of_phases(c) | of_log(c);
}
