#include "sockets/process_sockets.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <string>
#include <string_view>

#include "failure.h"

namespace skein::sockets {
namespace {

/** Descriptors that are sockets, of all processes. */
constexpr size_t kSocketsMax = 1u << 20;

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

uint32_t numberOf(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

bool isRefused() { return errno == EACCES || errno == EPERM; }

// "socket:[4711]"; 0 for everything else, with errno where it is not ours to look at.
uint32_t inodeOf(int directory, const char* name) {
  char text[32];
  errno = 0;
  const ssize_t length = readlinkat(directory, name, text, sizeof text);
  std::string_view link(text, length > 0 ? static_cast<size_t>(length) : 0);
  constexpr std::string_view kPrefix = "socket:[";
  if (link.substr(0, kPrefix.size()) != kPrefix || link.back() != ']') return 0;
  link.remove_prefix(kPrefix.size());
  link.remove_suffix(1);
  return numberOf(link);
}

Directory descriptorsOf(int proc, const char* pid) {
  const std::string path = std::string(pid) + "/fd";
  const int fd = openat(proc, path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Directory(nullptr, closedir);
  DIR* const opened = fdopendir(fd);
  if (opened == nullptr) close(fd);
  return Directory(opened, closedir);
}

// Who may read all files may list descriptors of others, but not see what they are.
void addSocketsOf(ProcessSockets& found, DIR* descriptors, uint32_t pid) {
  while (const dirent* entry = readdir(descriptors)) {
    const uint32_t inode = inodeOf(dirfd(descriptors), entry->d_name);
    if (inode == 0 && isRefused()) {
      found.hidden++;
      return;
    }
    if (inode == 0) continue;
    if (found.all.size() >= kSocketsMax) {
      found.isCut = true;
      return;
    }
    found.all.push_back({inode, pid});
  }
}

}  // namespace

ProcessSockets processSockets() {
  const Directory proc(opendir("/proc"), closedir);
  if (!proc) throw Failure::of("open /proc");
  ProcessSockets found;
  while (const dirent* entry = readdir(proc.get())) {
    const uint32_t pid = numberOf(entry->d_name);
    if (pid == 0) continue;
    errno = 0;
    const Directory descriptors = descriptorsOf(dirfd(proc.get()), entry->d_name);
    if (descriptors) addSocketsOf(found, descriptors.get(), pid);
    else if (isRefused()) found.hidden++;
  }
  return found;
}

}  // namespace skein::sockets
