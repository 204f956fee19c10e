import Glibc

/// A thread of its own for work that blocks, so that it never holds up the threads tasks run on.
package struct DedicatedThread: Sendable {
    /// The system has no thread left to give.
    struct Exhausted: Error {}

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    /// Starts a thread. Somebody must `join` or `detach` it.
    ///
    /// - Parameter body: what the thread does.
    init(_ body: @escaping @Sendable () -> Void) throws(Exhausted) {
        let argument = unsafe Unmanaged.passRetained(Work(body))
        var started = pthread_t()
        let code = unsafe pthread_create(
            &started, nil,
            { argument in
                // The one reference that was retained for this thread.
                if let argument = unsafe argument {
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            unsafe argument.release()
            throw Exhausted()
        }
        thread = started
    }

    /// Waits until the thread has ended. Call it once.
    func join() {
        pthread_join(thread, nil)
    }

    /// Lets the thread end by itself. Call it instead of `join`.
    func detach() {
        pthread_detach(thread)
    }

    /// Does one piece of blocking work on a thread that exists only for it.
    ///
    /// - Parameter whenExhausted: what to throw when no thread can be had.
    package static func run<Answer: Sendable, Failure: Error>(
        whenExhausted: Failure, _ body: @escaping @Sendable () throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let result = await withCheckedContinuation { (reply: CheckedContinuation<Result<Answer, Failure>, Never>) in
            do throws(Exhausted) {
                let thread = try DedicatedThread {
                    do throws(Failure) { reply.resume(returning: .success(try body())) } catch {
                        reply.resume(returning: .failure(error))
                    }
                }
                thread.detach()
            } catch {
                reply.resume(returning: .failure(whenExhausted))
            }
        }
        return try result.get()
    }
}
