/* What every fuzz target shares: a property that does not hold is a crash. */
#ifndef KA_TESTS_FUZZ_H
#define KA_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#define MUST(cond) do { if (!(cond)) __builtin_trap(); } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
