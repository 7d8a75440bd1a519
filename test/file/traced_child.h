#pragma once

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <optional>
#include <set>

#include "file/stopped_call.h"

namespace pxq::fake {

/// How a child that was disturbed at one of its system calls ended.
struct ChildEnd {
  bool disturbed = false;     // it reached the system call that was asked for
  std::optional<int> exited;  // its exit code; none if it was killed
};

/// What happens to a traced child at its Nth system call (from 0) among those counted.
struct Disturbance {
  size_t at = 0;
  int error = 0;             // instead of the call, this errno; 0: kill -9 before the call
  std::set<long> only = {};  // system calls counted; empty: all
};

/// The calls by which files are made, filled, named and removed.
inline const std::set<long>& file_calls() {
  static const std::set<long> calls = {SYS_openat,    SYS_write,    SYS_fsync,    SYS_renameat2,
                                       SYS_close,     SYS_fchmod,   SYS_unlinkat, SYS_ftruncate,
                                       SYS_fallocate, SYS_pwrite64, SYS_flock,    SYS_read,
                                       SYS_lseek};
  return calls;
}

/// Forks, runs `work` in the child (its value is the exit code) and disturbs it as told, so that a
/// loop over `at` until `!disturbed` has tried every step.
inline ChildEnd run_disturbed(const Disturbance& disturbance, const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::_exit(work());
  }
  ChildEnd end;
  int state = 0;
  ::waitpid(child, &state, 0);
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  size_t counted = 0;
  bool entering = true;
  bool failing = false;
  std::optional<StoppedCall> call;
  int signal = 0;
  while (true) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
    ::waitpid(child, &state, 0);
    if (WIFEXITED(state)) {
      end.exited = WEXITSTATUS(state);
      return end;
    }
    if (WIFSIGNALED(state)) return end;
    signal = 0;
    if (WSTOPSIG(state) != (SIGTRAP | 0x80)) {
      signal = WSTOPSIG(state);
      continue;
    }
    if (entering) {
      call.emplace(child);
      const bool counts = disturbance.only.empty() || disturbance.only.count(call->number()) != 0;
      if (counts && counted++ == disturbance.at) {
        end.disturbed = true;
        if (disturbance.error == 0) {
          ::kill(child, SIGKILL);
          ::waitpid(child, &state, 0);
          return end;
        }
        call->cancel();
        failing = true;
      }
    } else if (failing) {
      call->fail(disturbance.error);
      failing = false;
    }
    entering = !entering;
  }
}

}  // namespace pxq::fake
