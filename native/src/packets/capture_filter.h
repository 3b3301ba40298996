/**
 * Filters in pcap syntax, compiled and run by libpcap, which is loaded at the first use: a process that never filters
 * does without it. Programs are classic BPF (linux/filter.h), a number of link type is that of capture files (LINKTYPE_).
 */
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skein::packets {

using Program = std::vector<sock_filter>;

/** What is wrong with a filter's text, and where (in bytes) as far as that can be told. */
struct FilterMistake {
  std::string reason;
  std::optional<size_t> position;
};

/**
 * Throws FilterMistake; Failure ENOTSUP without libpcap. Looks names of hosts up, as pcap syntax wants it.
 * What it accepts passes with its first `snapLength` bytes.
 */
Program compileFilter(const std::string& text, uint32_t linkType, uint32_t snapLength);

/** A program that has been checked: it ends, and stays inside its packet. */
class Filter {
 public:
  /** Throws Failure: EINVAL for what is no program, ENOTSUP without libpcap. */
  explicit Filter(Program program);

  bool matches(const uint8_t* data, uint32_t captured, uint32_t length) const {
    return run_(program_.data(), data, length, captured) != 0;
  }
  const Program& program() const { return program_; }

 private:
  Program program_;
  unsigned (*run_)(const sock_filter*, const uint8_t*, unsigned, unsigned);
};

}  // namespace skein::packets
