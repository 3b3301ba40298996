#include "processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "failure.h"

namespace skein {
namespace {

/** Far more namespaces than a machine holds; more are left out. */
constexpr size_t kNamespacesMax = 65536;

int pidOf(std::string_view name) {
  int pid = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
  return error == std::errc() && end == name.data() + name.size() ? pid : 0;
}

// The link reads "net:[4026531840]". 0 when the process is gone, is a zombie, or is not ours to look at.
uint64_t netnsOf(int proc, int pid) {
  char path[32];
  snprintf(path, sizeof path, "%d/ns/net", pid);
  char text[64];
  const ssize_t length = readlinkat(proc, path, text, sizeof text);
  const std::string_view link(text, length > 0 ? length : 0);
  constexpr std::string_view kPrefix = "net:[";
  if (link.substr(0, kPrefix.size()) != kPrefix) return 0;
  uint64_t inode = 0;
  std::from_chars(text + kPrefix.size(), text + length, inode);
  return inode;
}

}  // namespace

std::vector<ProcessNamespace> processNamespaces() {
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(opendir("/proc"), closedir);
  if (!proc) throw Failure::of("open /proc");
  std::unordered_map<uint64_t, int> lowest;
  while (const dirent* entry = readdir(proc.get())) {
    const int pid = pidOf(entry->d_name);
    if (pid == 0) continue;
    const uint64_t inode = netnsOf(dirfd(proc.get()), pid);
    if (inode == 0) continue;
    const auto known = lowest.find(inode);
    if (known != lowest.end()) {
      if (pid < known->second) known->second = pid;
    } else if (lowest.size() < kNamespacesMax) {
      lowest.emplace(inode, pid);
    }
  }
  std::vector<ProcessNamespace> found;
  found.reserve(lowest.size());
  for (const auto& [inode, pid] : lowest) found.push_back({pid, inode});
  return found;
}

}  // namespace skein
