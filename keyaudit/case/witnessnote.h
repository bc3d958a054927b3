/*
 * What root saw of a monitor, written down in seen/M.START, so that it outlives whoever looked. Only root writes there.
 */
#ifndef KA_WITNESSNOTE_H
#define KA_WITNESSNOTE_H

#include "keyaudit/case/rundir.h"
#include "keyaudit/case/witness.h"

/** ka_witness_note() - write the note, or add the address to one without: the first address counts */
void ka_witness_note(const struct ka_rundir *r, const struct ka_conn *conn, const struct ka_witness *w);

/** ka_witness_recall() - read it back; w->seen is false when there is none */
void ka_witness_recall(const struct ka_rundir *r, const struct ka_conn *conn, struct ka_witness *w);

#endif
