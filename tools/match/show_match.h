/* How the records of lts-match look. */
#ifndef LTS_SHOW_MATCH_H
#define LTS_SHOW_MATCH_H

#include "cli.h"

/* The `show` of the program. */
void match_show(cli_session *cli, const char *event, const lts_field *fields, size_t count);

#endif
