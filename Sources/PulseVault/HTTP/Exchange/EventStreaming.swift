import HTTPTypes
import HummingbirdCore
import NIOCore
import VaultCore

extension VaultResponder {
    /// Sends an answer that goes on, until the client or the vault ends it.
    ///
    /// Before each event and heartbeat it is asked whether the request would still be let in: a token that was revoked,
    /// or lost its policy, hears no more.
    ///
    /// - Parameters:
    ///   - events: what the client hears of.
    ///   - reply: the answer that promised the events.
    ///   - writer: where to; used up.
    @inline(never)
    func send(
        _ events: ReplyEvents, promisedBy reply: Reply, over writer: consuming ResponseWriter
    ) async throws {
        var body = try await writer.writeHead(ResponseEncoding.eventStreamHead(reply.response))
        // The client's time until it comes back; and the head leaves at once, even when nothing was missed.
        try await write(ByteBuffer(string: "retry: 2000\n\n"), to: &body)
        try await write(events.takeMissed(), to: &body)
        for await event in events.next {
            guard await vault.stillAdmits(events.question) else { break }
            try await write(ByteBuffer(bytes: event), to: &body)
        }
        try await body.finish(nil)
    }

    /// A function of its own, so that what it needs is not kept between one event and the next.
    @inline(never)
    private func write(_ bytes: ByteBuffer, to body: inout some ResponseBodyWriter) async throws {
        try await body.write(bytes)
    }
}
