/* The command line of authkeys-fetch. Hostile: whoever may start it chooses it. Pure. */
#ifndef KA_FETCHARGS_H
#define KA_FETCHARGS_H

#include <stdbool.h>
#include <stdint.h>

enum ka_fetchargs_job { KA_FETCH_ONE, KA_FETCH_REFRESH, KA_FETCH_WANTED, KA_FETCH_DOWNLOAD, KA_FETCH_HELP, KA_FETCH_VERSION };

struct ka_fetchargs {
	enum ka_fetchargs_job job;
	const char *source, *user;      /* ONE: names within their grammars */
	const char *fp, *key;           /* ONE: the offered key, "" when it was not given */
	const char *except;             /* ONE: SHA-256 in hex of a body that is not taken, "" for none */
	const char *only_source;        /* REFRESH: "" is all */
	const char *url, *ca_file, *pins; /* DOWNLOAD: "" for none of the latter two */
	uint64_t max;                   /* DOWNLOAD: bytes */
	int deadline_ms;                /* ONE */
	bool now;                       /* REFRESH: also what is fresh; spread over some seconds */
	bool background;                /* ONE: only if the entry needs it; no answer on stdout */
	const char *wrong;              /* NULL, or what is wrong */
};

void ka_fetchargs_parse(int argc, char *const *argv, struct ka_fetchargs *out);

#endif
