/* One condition of an nftables rule against one packet: a new TCP connection from an address to a port of ours. Pure. */
#ifndef KA_NFTMATCH_H
#define KA_NFTMATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

enum ka_nftmatch_answer { KA_NFTMATCH_NO, KA_NFTMATCH_YES, KA_NFTMATCH_UNTOLD };

struct ka_nftmatch {
	const json_t *objects;     /* of the rule set, among them the sets */
	const char *family, *table; /* where the rule stands; borrowed */
	bool is_v6, is_loop;       /* the packet: its family, and whether it comes from this machine */
	uint8_t address[16];
	uint16_t port;
	size_t steps;              /* objects looked at so far */
	const char *set;           /* the named set that held the address last, or ""; borrowed */
	bool is_address;           /* a condition on the address held, */
	bool is_alone;             /* by a single address and no network */
};

/** ka_nftmatch_init() - the packet's address; false when it is none */
bool ka_nftmatch_init(struct ka_nftmatch *m, const char *address);

/** ka_nftmatch() - the object of a "match"; UNTOLD where address and port are not enough to tell, or it is nothing that we know */
enum ka_nftmatch_answer ka_nftmatch(struct ka_nftmatch *m, const json_t *match);

/**
 * ka_nftmatch_map() - a verdict map, named or written out
 * @verdict: of the entry that holds; borrowed
 */
enum ka_nftmatch_answer ka_nftmatch_map(struct ka_nftmatch *m, const json_t *key, const json_t *data, const json_t **verdict);

#endif
