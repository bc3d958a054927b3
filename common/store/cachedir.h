/*
 * The cache on disk, as its readers see it: /var/cache/keyaudit/SOURCE/NAME, written by the fetcher's uid alone.
 *
 * MUST: judge the opened descriptor, never the name; believe nothing in the file that its own check does not show.
 */
#ifndef KA_STORE_CACHEDIR_H
#define KA_STORE_CACHEDIR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "store/entry.h"
#include "store/lasttry.h"

enum ka_cachedir_answer {
	KA_CACHEDIR_FOUND,
	KA_CACHEDIR_ABSENT,
	KA_CACHEDIR_INVALID, /* there and unusable: torn, of a foreign owner, for somebody else (store.cache-invalid) */
};

/* a file of the cache, within its source's folder */
struct ka_cachedir_name {
	char text[KA_ENTRY_HEX + 32];
};

/** ka_cachedir_name() - @name of ka_entry_name(), and a suffix of ours behind it: ".try", ".lock". Pure */
struct ka_cachedir_name ka_cachedir_name(const char *name, const char *suffix);

/** ka_cachedir_path() - "CACHE/SOURCE/FILE"; false when it does not fit. Pure */
bool ka_cachedir_path(const char *cache, const char *source, const char *file, char out[static KA_PATH_TRUSTED_MAX]);

/**
 * ka_cachedir_read() - one open(2), one fstat(2), one read(2)
 * @cache:   the cache's folder, KA_PATH_CACHE; its owner is who must own the entry
 * @name:    of ka_entry_name()
 * @user:    NULL: whoever (tools)
 * @url:     what the entry must have been asked with; NULL: whatever (tools)
 * @storage: one byte more than the largest entry wanted: KA_ENTRY_MAX, for a list KA_ENTRY_BULK_MAX; the body points into it
 */
enum ka_cachedir_answer ka_cachedir_read(const char *cache, const char *source, const char *user, const char *name, const char *url,
					 void *storage, size_t size, struct ka_entry *out);

/** ka_cachedir_lasttry() - the failure noted beside an entry; false when there is none */
bool ka_cachedir_lasttry(const char *cache, const char *source, const char *name, struct ka_lasttry *out);

#endif
