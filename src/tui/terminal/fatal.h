/* Signals that end the process: the terminal is put back before it goes. */
#ifndef FRIDAY_TUI_TERMINAL_FATAL_H
#define FRIDAY_TUI_TERMINAL_FATAL_H

/* Until fatal_release(). What was set before is called afterwards. */
void fatal_install(void);
void fatal_release(void);

#endif
