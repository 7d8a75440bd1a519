#pragma once

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace pxq::fake {

/// The system call at which a traced child stands, read where it enters. The registers are asked
/// for by the request that all machines of Linux have; which one holds what is theirs.
class StoppedCall {
 public:
  explicit StoppedCall(pid_t child) : child_(child) {
    load();
#if defined(__x86_64__)
    number_ = static_cast<long>(registers_.orig_rax);
    arguments_ = {registers_.rdi, registers_.rsi, registers_.rdx,
                  registers_.r10, registers_.r8,  registers_.r9};
#elif defined(__aarch64__)
    // Kept, since the result takes the place of the first one.
    number_ = static_cast<long>(registers_.regs[8]);
    for (size_t i = 0; i < arguments_.size(); ++i) arguments_[i] = registers_.regs[i];
#else
#error "where does this machine keep a system call's number and arguments?"
#endif
  }

  long number() const { return number_; }
  uint64_t argument(size_t index) const { return arguments_.at(index); }

  /// The kernel does nothing instead. Only where the child enters.
  void cancel() {
#if defined(__x86_64__)
    registers_.orig_rax = static_cast<unsigned long long>(-1);
    store();
#else
    int none = -1;
    iovec place{&none, sizeof none};
    ::ptrace(PTRACE_SETREGSET, child_, NT_ARM_SYSTEM_CALL, &place);
#endif
  }

  /// What the call gave. Only where the child leaves it.
  int64_t result() {
    load();
    return static_cast<int64_t>(result_register());
  }

  /// The child sees the call fail so. Only where it leaves the call.
  void fail(int error) {
    load();
    result_register() = static_cast<unsigned long long>(-error);
    store();
  }

 private:
  unsigned long long& result_register() {
#if defined(__x86_64__)
    return registers_.rax;
#else
    return registers_.regs[0];
#endif
  }

  void load() {
    iovec place{&registers_, sizeof registers_};
    ::ptrace(PTRACE_GETREGSET, child_, NT_PRSTATUS, &place);
  }

  void store() {
    iovec place{&registers_, sizeof registers_};
    ::ptrace(PTRACE_SETREGSET, child_, NT_PRSTATUS, &place);
  }

  pid_t child_;
  user_regs_struct registers_ = {};
  long number_ = -1;
  std::array<uint64_t, 6> arguments_ = {};
};

}  // namespace pxq::fake
