/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that quote a file stay one line of valid text. */
#ifndef ADMF_IO_CONFIG_ONE_LINE_H
#define ADMF_IO_CONFIG_ONE_LINE_H

/* Control characters become spaces, and a character cut off in the middle a question mark. */
void make_one_line(char *text);

#endif
