/* The names of DSCP and ECN values: "EF", "ect0". */
#ifndef CLI_ARGS_TOS_H
#define CLI_ARGS_TOS_H

#define DSCP_TEXT_MAX 8

/* Returns the name, or writes the number to `text` if there is no name. */
const char *dscp_text(unsigned dscp, char text[DSCP_TEXT_MAX]);
const char *ecn_text(unsigned ecn);

/* Return the value of a name, in any case, or of a number. Return -1 for other
   text. */
int dscp_parse(const char *text);
int ecn_parse(const char *text);

#endif
