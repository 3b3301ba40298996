/**
 * Brings work from other threads to the thread of one JavaScript environment (the main one or a worker's).
 * It keeps the event loop alive only while a promise is pending: an open socket alone does not.
 */
#pragma once

#include <napi.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "failure.h"
#include "side_thread.h"

namespace skein {

class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  using Letter = std::function<void(Napi::Env)>;

  /** Closed by the environment when it ends; what is posted later is dropped. */
  static std::shared_ptr<Mailbox> open(Napi::Env env);

  /** From any thread. A letter that throws ends as an uncaught exception, as in any callback of Node. */
  void post(Letter letter);

  template <typename Result>
  using Answer = std::function<Napi::Value(Napi::Env, Result)>;

  /**
   * Runs `work` on a side thread, then `answer` on the JavaScript thread with what it returned. A Failure of the work
   * rejects the promise. In which namespace it runs is not said.
   */
  template <typename Result>
  Napi::Promise beside(Napi::Env env, SideThread& thread, std::function<Result()> work, Answer<Result> answer);

  /** The same inside the namespace of that path; at once, here, when there is none. */
  template <typename Result>
  Napi::Promise inNetns(Napi::Env env, std::optional<std::string> netns, std::function<Result()> work,
                        Answer<Result> answer);

  /** Around a promise that is settled by a letter of its own: the event loop stays alive meanwhile. JavaScript thread only. */
  void awaitOne();
  void answeredOne();

 private:
  template <typename Result>
  class Outcome;

  void close();

  napi_env env_ = nullptr;
  std::mutex mutex_;
  napi_threadsafe_function function_ = nullptr;
  bool closed_ = false;
  int pending_ = 0;  // touched by the JavaScript thread only
};

/** The JavaScript Error of a Failure: `code` is errno's name, the message says what was attempted. */
Napi::Error toError(Napi::Env env, const Failure& failure);

}  // namespace skein

#include "mailbox_promise.h"
