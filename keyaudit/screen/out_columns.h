/* How many columns of a terminal a character takes. No locale is asked: it may be another one than the terminal's. Pure. */
#ifndef KA_OUT_COLUMNS_H
#define KA_OUT_COLUMNS_H

#include <stdint.h>

/** ka_out_columns() - 2 for East Asian wide and full-width characters and for emoji (Unicode 15.1, EastAsianWidth.txt), else 1 */
unsigned ka_out_columns(uint32_t cp);

#endif
