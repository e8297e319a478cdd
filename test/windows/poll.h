/* posix.h has poll(). */
