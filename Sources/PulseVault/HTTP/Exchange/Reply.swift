import NIOCore
import Synchronization
import VaultCore

/// What is answered to a request, and how it is sent.
///
/// A class, so that little of it is kept by those who wait while it is sent.
final class Reply: Sendable {
    /// The answer.
    let response: VaultResponse
    /// Whether the connection ends with it.
    let closes: Bool
    /// After how many seconds the client may ask again; `nil` for no word about that.
    let retryAfter: Int?
    /// Ends when the answer is sent; `nil` when the request was not counted.
    let turn: RequestsUnderWay.Turn?
    /// What follows the answer's head; `nil` for a whole answer.
    let events: ReplyEvents?

    init(
        _ response: VaultResponse, closes: Bool, retryAfter: Int? = nil, turn: RequestsUnderWay.Turn? = nil,
        events: ReplyEvents? = nil
    ) {
        self.response = response
        self.closes = closes
        self.retryAfter = retryAfter
        self.turn = turn
        self.events = events
    }
}

/// The events of an answer that goes on.
final class ReplyEvents: Sendable {
    private let missed: Mutex<[[UInt8]]>
    /// The events from now on.
    let next: AsyncStream<[UInt8]>
    /// What the client asked.
    let question: VaultRequest

    init(missed: [[UInt8]], next: AsyncStream<[UInt8]>, question: VaultRequest) {
        self.missed = Mutex(missed)
        self.next = next
        self.question = question
    }

    /// Hands out the events that the client has missed, as the bytes to send; they are not kept for as long as it listens.
    func takeMissed() -> ByteBuffer {
        let events = missed.withLock { missed in
            defer { missed = [] }
            return missed
        }
        return ByteBuffer(bytes: events.joined())
    }
}
