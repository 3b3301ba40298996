#include "thread.h"

#include <pthread.h>
#include <signal.h>

#include <memory>

#include "failure.h"

namespace skein {
namespace {

void* enter(void* argument) {
  const std::unique_ptr<std::function<void()>> body(static_cast<std::function<void()>*>(argument));
  (*body)();
  return nullptr;
}

pthread_t start(const char* name, std::function<void()> body) {
  auto* const argument = new std::function<void()>(std::move(body));
  // A thread inherits the mask of its maker.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, enter, argument);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (error != 0) {
    delete argument;
    throw Failure{error, std::string("start thread ") + name};
  }
  pthread_setname_np(thread, name);
  return thread;
}

}  // namespace

void startThread(const char* name, std::function<void()> body) {
  pthread_detach(start(name, std::move(body)));
}

void onOwnThread(const char* name, const std::function<void()>& body) {
  pthread_join(start(name, body), nullptr);
}

}  // namespace skein
