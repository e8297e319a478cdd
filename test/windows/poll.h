/* Empty: posix.h declares poll(). */
