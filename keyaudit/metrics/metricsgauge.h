/* What is true now, beside what was counted: stores, spool, the last seal. */
#ifndef KA_METRICSGAUGE_H
#define KA_METRICSGAUGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "conf/conf.h"

struct ka_metricsstore {
	char name[KA_SOURCE_NAME_MAX]; /* of the configuration */
	int64_t last_success;          /* seconds since 1970; 0: never */
	int64_t expires;               /* the signed document that expires first; 0: none is signed */
	uint64_t serial;               /* the highest one; 0: none */
	bool is_signature_bad;         /* the last try at one of its entries ended so, or with a serial that went back */
};

struct ka_metricsgauge {
	struct ka_metricsstore stores[KA_SOURCES_MAX];
	size_t stores_count;
	bool has_spool;
	uint64_t spool_unclaimed;
	int64_t spool_oldest_sec;
	bool has_verdicts;
	uint64_t verdicts_kept;
	char openssh[32];  /* "9.2p1": letters, digits, points, or "" */
	int64_t last_seal; /* seconds since 1970; 0: there is none, or it cannot be read */
};

/** ka_metricsgauge_stores() - of the sources of @conf that have entries in the cache @path; nothing when it cannot be read */
void ka_metricsgauge_stores(struct ka_metricsgauge *g, const char *path, const struct ka_conf *conf, int64_t now);

/** ka_metricsgauge_spool() - files in @path that nobody has claimed yet */
void ka_metricsgauge_spool(struct ka_metricsgauge *g, const char *path, int64_t now);

/** ka_metricsgauge_verdicts() - answers of authkeys-vet that are kept in @path; nothing when it cannot be seen, or is not used */
void ka_metricsgauge_verdicts(struct ka_metricsgauge *g, const char *path);

/** ka_metricsgauge_openssh() - the release that @version ("OpenSSH_9.2p1 Debian-2+deb12u10") names; nothing when it names none. Pure */
void ka_metricsgauge_openssh(struct ka_metricsgauge *g, const char *version);

/** ka_metricsgauge_seal() - the last seal beside the trail @trail */
void ka_metricsgauge_seal(struct ka_metricsgauge *g, const char *trail);

#endif
