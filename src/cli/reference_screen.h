/* Tables of the screen, as Markdown on stdout; script/docs puts them into
 * docs/keys.md. Thread: the main one. */
#ifndef FRIDAY_CLI_REFERENCE_SCREEN_H
#define FRIDAY_CLI_REFERENCE_SCREEN_H

void reference_keys(void);
void reference_slash(void);

#endif
