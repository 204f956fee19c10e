import NIOCore

/// How far a connection's requests are. The handlers of one channel share it, so it lives on one event loop.
final class ConnectionProgress {
    /// What the connection is at.
    enum Phase {
        /// No request is being received.
        case quiet
        /// The head of a request is being received, or the first request is awaited.
        case head
        /// The head is complete and the rest of the request is being received.
        case body
    }

    /// How many requests the parser has seen to their end.
    private(set) var ends = 0
    /// What the connection is at.
    private(set) var phase = Phase.head
    /// Whether a part of a head is held back until the rest of it is there.
    var holdsPartialHead = false
    /// How many requests have a complete head and no complete answer.
    private(set) var unanswered = 0
    /// Whether a part of an answer was sent.
    private(set) var isAnswering = false
    /// Whether the server itself reads nothing more, because an answer is waited for.
    private(set) var isHeld = false
    /// What is to be done when only the newest request is unanswered.
    private var afterEarlierAnswers: (() -> Void)?
    /// Whether anything of the request that is being received is here.
    private(set) var hasBytes = false

    /// When the first byte of the request arrived; before the first request, when the connection was made.
    private var requestStart = NIODeadline.now()
    private var bodyStart = NIODeadline.now()
    private var bodyBytes = 0
    private var lastActivity = NIODeadline.now()

    /// Bytes have arrived; nobody has looked at them yet.
    func bytesArrived(_ count: Int, at now: NIODeadline) {
        switch phase {
        case .quiet: beginHead(at: now)
        case .head: hasBytes = true
        case .body: bodyBytes += count
        }
        lastActivity = now
    }

    /// The bytes that arrived were looked at.
    func bytesTaken(at now: NIODeadline) {
        // They may have ended with the beginning of another request.
        if phase == .quiet, holdsPartialHead { beginHead(at: now) }
    }

    private func beginHead(at now: NIODeadline) {
        phase = .head
        requestStart = now
        hasBytes = true
    }

    /// A head is complete.
    func headEnded() {
        phase = .body
        unanswered += 1
        bodyStart = lastActivity
        bodyBytes = 0
    }

    /// A request is complete.
    func requestEnded() {
        ends &+= 1
        phase = .quiet
        hasBytes = false
    }

    /// An answer is on its way.
    func answerBegan() { isAnswering = true }

    /// An answer is complete.
    func answerEnded() {
        isAnswering = false
        unanswered -= 1
        lastActivity = .now()
        guard unanswered == 1, let work = afterEarlierAnswers else { return }
        afterEarlierAnswers = nil
        work()
    }

    /// Does something once all requests before the newest are answered, which may be at once.
    func afterEarlierAnswers(_ work: @escaping () -> Void) {
        if unanswered <= 1 { work() } else { afterEarlierAnswers = work }
    }

    /// The connection is over: what was to be done for it is not done any more.
    func forgetWork() { afterEarlierAnswers = nil }

    /// The server reads nothing more for a while.
    func hold() { isHeld = true }

    /// The server reads on; the client's time counts from now.
    func release() {
        isHeld = false
        startAgain(at: .now())
    }

    /// When the client's time is over, if nothing more arrives.
    func deadline(_ timeouts: HTTPTimeouts) -> NIODeadline {
        switch phase {
        case .quiet: return lastActivity + timeouts.idle
        case .head: return requestStart + timeouts.head
        case .body:
            return timeouts.bodyDeadline(requestStart: requestStart, bodyStart: bodyStart, bytes: bodyBytes)
        }
    }

    /// Counts the time from now on again, because the server is still at work or the client still reads.
    func startAgain(at now: NIODeadline) {
        lastActivity = now
        requestStart = now
        bodyStart = now
        bodyBytes = 0
    }
}
