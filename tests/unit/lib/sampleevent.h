/* One event with everything in it: alice's key was refused since a group may write her authorized_keys. */
#ifndef KA_TESTS_SAMPLEEVENT_H
#define KA_TESTS_SAMPLEEVENT_H

#include "audit/event.h"
#include "audit/eventjson.h"

#define SAMPLE_FP "SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8"
#define SAMPLE_FP_OTHER "SHA256:Qx1cT0pdM3mYk2uVw9aL5rB7eJ4sH6fN8gZtC0iXoKE"

struct sample {
	struct ka_event e;
	struct ka_event_host h;
	struct ka_finding finding;
	struct ka_offer offers[KA_DIAG_OFFERS_MAX];
};

/** sample_new() - the sample, all of its pointers into itself; free() it */
struct sample *sample_new(void);

/** sample_set() - copy a text into an array field, cut to its size */
void sample_set(char *field, size_t size, const char *text);
#define SAMPLE_SET(field, text) sample_set((field), sizeof(field), (text))

#endif
