#include "mailbox.h"

#include <system_error>

namespace skein {
namespace {

// Called by Node on the JavaScript thread; without an environment when that has ended.
void deliver(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Mailbox::Letter> letter(static_cast<Mailbox::Letter*>(data));
  if (env == nullptr) return;
  try {
    (*letter)(Napi::Env(env));
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

}  // namespace

std::shared_ptr<Mailbox> Mailbox::open(Napi::Env env) {
  auto mailbox = std::make_shared<Mailbox>();
  mailbox->env_ = env;
  const auto name = Napi::String::New(env, "skein mailbox");
  const napi_status status =
      napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, nullptr, deliver,
                                      &mailbox->function_);
  NAPI_THROW_IF_FAILED(env, status, nullptr);
  napi_unref_threadsafe_function(env, mailbox->function_);
  // Hooks run last one first: ours before the function's own, which frees it.
  env.AddCleanupHook([](std::shared_ptr<Mailbox>* held) {
    (*held)->close();
    delete held;
  }, new std::shared_ptr<Mailbox>(mailbox));
  return mailbox;
}

void Mailbox::post(Letter letter) {
  auto held = std::make_unique<Letter>(std::move(letter));
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  if (napi_call_threadsafe_function(function_, held.get(), napi_tsfn_nonblocking) == napi_ok) held.release();
}

void Mailbox::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  napi_release_threadsafe_function(function_, napi_tsfn_abort);
}

void Mailbox::awaitOne() {
  if (pending_++ == 0) napi_ref_threadsafe_function(env_, function_);
}

void Mailbox::answeredOne() {
  if (--pending_ == 0) napi_unref_threadsafe_function(env_, function_);
}

Napi::Error toError(Napi::Env env, const Failure& failure) {
  const std::string code = failure.code();
  const std::string reason = std::generic_category().message(failure.error);
  Napi::Error error = Napi::Error::New(env, failure.attempt + ": " + code + " (" + reason + ")");
  error.Set("code", Napi::String::New(env, code));
  error.Set("errno", Napi::Number::New(env, failure.error));
  return error;
}

}  // namespace skein
