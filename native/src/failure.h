/** What a system call refused: its errno and what was attempted, e.g. {ENOENT, "setns /run/netns/x"}. */
#pragma once

#include <cerrno>
#include <string>

namespace skein {

struct Failure {
  int error;
  std::string attempt;

  /** Takes errno as the failed call left it. */
  static Failure of(std::string attempt) {
    const int error = errno;
    return Failure{error, std::move(attempt)};
  }

  /** "ENOENT"; "E524" where a number has no name in our table. */
  std::string code() const;
};

}  // namespace skein
