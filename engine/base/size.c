/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "admf/workflow.h"
#include "engine/base/text.h"

/* Alone and smaller, a number lacks its letter. */
enum { ALONE_MIN = 1 << 20 };

bool admf_size_from_text(const char *text, uint64_t *bytes)
{
    static const char letters[] = "KMGTkmgt";
    size_t length = strlen(text);
    const char *letter = length ? strchr(letters, text[length - 1]) : NULL;
    int shift = letter ? 10 * (int)((letter - letters) % 4 + 1) : 0;
    double number;
    if (!number_from_text(text, length - (letter != NULL), &number))
        return false;
    number = ldexp(number, shift);
    if (number < (letter ? 1 : ALONE_MIN) || number >= 0x1p63)
        return false;
    *bytes = (uint64_t)number;
    return true;
}
