// Temporary files that must not outlive the process, even where a signal ends it.
//
// A signal handler may neither allocate nor take a lock, so the paths lie in a fixed table.

#ifndef CTEMPORARYFILES_H
#define CTEMPORARYFILES_H

/// Copies `path` into the table. Returns its place, or -1 where the table is full or the path too
/// long: such a file is only removed by its owner.
int ctemporary_add(const char *path);

/// Frees a place that ctemporary_add returned; -1 is ignored.
void ctemporary_remove(int place);

/// From now on SIGHUP, SIGINT, SIGPIPE and SIGTERM unlink the files of the table before they end
/// the process. A signal that the process already ignores or handles is left as it is.
void ctemporary_unlink_on_signals(void);

#endif
