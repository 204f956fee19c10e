import EngineKit
import HTTPTypes
import HummingbirdCore
import NIOCore
import VaultCore

extension VaultResponder {
    /// Sends an answer that goes on, until the client or the vault ends it.
    ///
    /// At each heartbeat the request is asked for again: a token that was revoked, or lost its policy, hears no more.
    ///
    /// - Parameters:
    ///   - stream: what the client hears of.
    ///   - response: the answer that promised the stream.
    ///   - request: what the client asked.
    ///   - writer: where to; used up.
    func send(
        _ stream: EventStream, promisedBy response: VaultResponse, to request: VaultRequest,
        over writer: consuming ResponseWriter
    ) async throws {
        guard let (missed, next) = await vault.events(of: stream) else {
            return try await ResponseEncoding.write(.sealed, to: writer, omitsBody: false, closes: true)
        }
        var body = try await writer.writeHead(ResponseEncoding.eventStreamHead(response))
        // The client's time until it comes back; and the head leaves at once, even when nothing was missed.
        try await body.write(ByteBuffer(string: "retry: 2000\n\n"))
        for event in missed { try await body.write(ByteBuffer(bytes: event)) }
        for await event in next {
            if event == Vault.heartbeat, await !vault.stillAdmits(request) { break }
            try await body.write(ByteBuffer(bytes: event))
        }
        try await body.finish(nil)
    }
}
