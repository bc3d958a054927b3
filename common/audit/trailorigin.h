/*
 * The files of the trail: how one of them began, and which was written before a new one. Only names, first lines and
 * ends are looked at.
 */
#ifndef KA_AUDIT_TRAILORIGIN_H
#define KA_AUDIT_TRAILORIGIN_H

#include "audit/trailself.h"
#include "base/err.h"

/** ka_trailorigin_read() - the genesis that @fd begins with; false when it has none */
bool ka_trailorigin_read(int fd, struct ka_trailorigin *out);

/** ka_trailorigin_first() - the same, and its place in the chain */
bool ka_trailorigin_first(int fd, struct ka_trailorigin *out, struct ka_chain_link *link);

/**
 * ka_trailorigin_behind() - what the genesis of the file behind @fd is to say
 * @file:  the name that @fd has, or is to have; it is not opened
 * @block: KA_TRAILSCAN_BLOCK bytes of scratch
 * @out:   its chain is "" when a new one begins
 *
 * A file without an intact line near its end is read whole, for its SHA-256. Errors: KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_trailorigin_behind(int fd, const char *file, char *block, struct ka_trailorigin *out);

/**
 * ka_trailorigin_youngest() - the same, behind the file whose name begins with @name and a dot or dash and that was written
 * last; when there is none a first file is to begin
 *
 * Errors: KA_ERR_SYS; also errno EPERM for a file that is not ours.
 */
KA_MUST_CHECK enum ka_err ka_trailorigin_youngest(int dirfd, const char *name, char *block, struct ka_trailorigin *out);

#endif
