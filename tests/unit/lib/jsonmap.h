/* JSON through a source's configuration, for the tests of the mapping. Each test program includes it once. */
#ifndef KA_TESTS_JSONMAP_H
#define KA_TESTS_JSONMAP_H

#include <string.h>

#include "authkeys-cmd/fetch/fetchjson.h"
#include "base/buf.h"
#include "base/limits.h"
#include "tests/unit/lib/fetchsource.h"

#define NOW 1600000000 /* the time of the mapping */

static char out[KA_STORE_BODY_MAX + 1];
static int64_t serial;
static const struct ka_conf_source *source;

/* the source is one of format json with these lines */
static void use(const char *lines)
{
	char text[2048];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "format = json\n");
	ka_buf_text(&b, lines);
	source = fetchsource(text);
}

/* the lines that come out, valid until the next call, or the id of the reason; serial is set */
static const char *map_bytes(const char *json, size_t len)
{
	enum ka_reason reason;
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	serial = 0;
	reason = ka_fetchjson_map(source, (struct ka_span){ (const uint8_t *)json, len }, NOW, &b, &serial);
	return reason == KA_REASON_NONE ? out : ka_reason_id(reason);
}

static const char *map(const char *json)
{
	return map_bytes(json, strlen(json));
}

#endif
