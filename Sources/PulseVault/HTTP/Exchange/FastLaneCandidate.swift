import NIOCore
import NIOHTTP1
import VaultCore

/// A request that the fast lane may be able to serve, from its head on until its end is here.
struct FastLaneCandidate {
    /// A write. A class, so that reads do not carry it along.
    final class Write {
        /// What is asked, without its body.
        let request: VaultRequest
        /// Its place among the requests under way; `nil` for one without a token, which gets it with its end.
        let turn: RequestsUnderWay.Turn?

        fileprivate init(_ request: VaultRequest, _ turn: RequestsUnderWay.Turn?) {
            self.request = request
            self.turn = turn
        }
    }

    /// The longest body, in bytes.
    private static let longestBody = 16_384

    /// The head.
    let head: HTTPRequestHead
    /// The body so far; `nil` before its first part.
    private(set) var body: ByteBuffer?
    /// What is asked, if it is a write; `nil` for reads and evaluations, which are over at once.
    let write: Write?

    /// Looks at a head.
    ///
    /// - Parameters:
    ///   - head: the head.
    ///   - underWay: the requests of all connections.
    ///   - decode: reads the head of a write; `nil` when something in it is wrong.
    /// - Returns: `nil` when the request is one for the other lane: it is of another kind, its head changes how the
    ///   connection goes on or cannot be read, or too many are under way.
    init?(_ head: HTTPRequestHead, _ underWay: RequestsUnderWay, decode: (HTTPRequestHead) -> VaultRequest?) {
        guard head.version == .http1_1 else { return nil }
        switch head.method {
        case .GET:
            guard Self.isPlain(head, mayHaveBody: false) else { return nil }
            write = nil
        case .POST where OFREPDecoding.isTarget(head.uri):
            guard Self.isPlain(head, mayHaveBody: true) else { return nil }
            write = nil
        case .POST, .PUT, .PATCH, .DELETE:
            guard Self.isPlain(head, mayHaveBody: true), let request = decode(head), request.verb != .help else {
                return nil
            }
            if request.token != nil {
                guard let turn = underWay.begin(.authenticated) else { return nil }
                write = Write(request, turn)
            } else {
                guard Self.announcedLength(head) <= HTTPLimits.uncountedBodyBytes else { return nil }
                write = Write(request, nil)
            }
        default: return nil
        }
        self.head = head
    }

    /// Takes in a part of the body. Its length was announced and is small, or there would be no candidate.
    mutating func take(_ bytes: inout ByteBuffer) { if body?.writeBuffer(&bytes) == nil { body = bytes } }

    private static func announcedLength(_ head: HTTPRequestHead) -> Int {
        head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    }

    /// Whether a head is of the plain kind: nothing in it changes how the connection goes on, and what follows is short.
    private static func isPlain(_ head: HTTPRequestHead, mayHaveBody: Bool) -> Bool {
        !head.headers.contains { name, value in
            switch name.utf8.count {
            case 6: ["expect", "origin"].contains(name.lowercased())
            case 7: name.lowercased() == "upgrade"
            case 10: name.lowercased() == "connection" && value.lowercased() != "keep-alive"
            case 14: name.lowercased() == "content-length" && !(mayHaveBody && Int(value) ?? .max <= longestBody)
            case 16: name.lowercased() == "content-encoding"
            case 17: ["transfer-encoding", "x-vault-namespace"].contains(name.lowercased())
            default: false
            }
        }
    }
}
