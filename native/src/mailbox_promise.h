/** The template half of mailbox.h. */
#pragma once

#include <utility>
#include <variant>

#include "netns.h"

namespace skein {

template <typename Result>
class Mailbox::Outcome {
 public:
  void of(const std::function<Result()>& work) {
    try {
      value_ = work();
    } catch (const Failure& failure) {
      value_ = failure;
    }
  }

  void settle(Napi::Env env, const Napi::Promise::Deferred& deferred, const Answer<Result>& answer) {
    try {
      if (const auto* failure = std::get_if<Failure>(&value_)) throw toError(env, *failure);
      deferred.Resolve(answer(env, std::move(std::get<Result>(value_))));
    } catch (const Napi::Error& error) {
      deferred.Reject(error.Value());
    }
  }

 private:
  std::variant<Failure, Result> value_;
};

template <typename Result>
Napi::Promise Mailbox::beside(Napi::Env env, SideThread& thread, std::function<Result()> work,
                              Answer<Result> answer) {
  const auto deferred = Napi::Promise::Deferred::New(env);
  // Letters are copied by std::function, results (open descriptors) are not: so they travel shared.
  const auto outcome = std::make_shared<Outcome<Result>>();
  auto run = [self = shared_from_this(), deferred, outcome, work = std::move(work), answer = std::move(answer)] {
    outcome->of(work);
    self->post([self, deferred, outcome, answer](Napi::Env then) {
      self->answeredOne();
      outcome->settle(then, deferred, answer);
    });
  };
  awaitOne();
  try {
    thread.run(std::move(run));
  } catch (const Failure& failure) {
    answeredOne();
    deferred.Reject(toError(env, failure).Value());
  }
  return deferred.Promise();
}

template <typename Result>
Napi::Promise Mailbox::inNetns(Napi::Env env, std::optional<std::string> netns, std::function<Result()> work,
                               Answer<Result> answer) {
  if (netns) {
    return beside<Result>(env, SideThread::namespaces(), [netns, work = std::move(work)] {
      enterNetns(*netns);
      return work();
    }, std::move(answer));
  }
  // We are there already, and need no capability for it.
  const auto deferred = Napi::Promise::Deferred::New(env);
  Outcome<Result> outcome;
  outcome.of(work);
  outcome.settle(env, deferred, answer);
  return deferred.Promise();
}

}  // namespace skein
