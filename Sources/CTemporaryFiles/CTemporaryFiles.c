#include "CTemporaryFiles.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { PLACES = 256, PATH_BYTES = 4096 };

// A place goes from FREE to TAKEN while its path is written, then to LIVE, then back to FREE. The
// handler reads LIVE places only.
enum { FREE, TAKEN, LIVE };

static struct {
  atomic_int state;
  char path[PATH_BYTES];
} table[PLACES];

int ctemporary_add(const char *path) {
  size_t bytes = strlen(path) + 1;
  if (bytes > PATH_BYTES) return -1;
  for (int place = 0; place < PLACES; place++) {
    int expected = FREE;
    if (atomic_compare_exchange_strong(&table[place].state, &expected, TAKEN)) {
      memcpy(table[place].path, path, bytes);
      atomic_store(&table[place].state, LIVE);
      return place;
    }
  }
  return -1;
}

void ctemporary_remove(int place) {
  if (place >= 0 && place < PLACES) atomic_store(&table[place].state, FREE);
}

static void unlink_all(int number) {
  for (int place = 0; place < PLACES; place++) {
    if (atomic_load(&table[place].state) == LIVE) unlink(table[place].path);
  }
  // SA_RESETHAND has put the default action back: the signal ends the process once this returns,
  // and its parent sees which signal it was.
  raise(number);
}

void ctemporary_unlink_on_signals(void) {
  static const int numbers[] = {
    SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ,
    SIGABRT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    struct sigaction present;
    if (sigaction(numbers[i], NULL, &present) != 0 || present.sa_handler != SIG_DFL) continue;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = unlink_all;
    action.sa_flags = (int)SA_RESETHAND;
    sigemptyset(&action.sa_mask);
    sigaction(numbers[i], &action, NULL);
  }
}
