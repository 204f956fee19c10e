import Synchronization
import VaultClient

/// A server in memory: answers by method and URL, and keeps what it was asked.
final class StubTransport: Transport {
    /// What was asked, in order.
    struct Asked: Sendable {
        let method: String
        let url: String
        let headers: [(name: String, value: String)]
        let body: String

        func header(_ name: String) -> String? {
            headers.first { $0.name == name }?.value
        }
    }

    private let answers: [String: [(status: Int, body: String)]]
    private let asked = Mutex<[Asked]>([])
    private let redirects: [String: String]

    /// Makes a server from answers under `METHOD URL`; the last of a list is repeated, and what is not listed is 404.
    init(_ answers: [String: [(status: Int, body: String)]], redirects: [String: String] = [:]) {
        self.answers = answers
        self.redirects = redirects
    }

    var requests: [Asked] { asked.withLock { $0 } }

    func exchange(_ message: WireMessage, receiver: BodyReceiver?) async throws(VaultError) -> VaultResponse {
        var body = ""
        if case .bytes(let bytes)? = message.body { body = String(decoding: bytes, as: UTF8.self) }
        let entry = Asked(method: message.method, url: message.url, headers: message.headers, body: body)
        let earlier = asked.withLock { list in
            list.append(entry)
            return list.count { $0.method == entry.method && $0.url == entry.url } - 1
        }
        if let target = redirects[message.url] {
            return VaultResponse(status: 307, headers: [("location", target)], body: [])
        }
        guard let list = answers["\(message.method) \(message.url)"], let last = list.last else {
            return VaultResponse(status: 404, headers: [], body: Array(#"{"errors":[]}"#.utf8))
        }
        let answer = earlier < list.count ? list[earlier] : last
        guard let receiver, answer.status < 300 else {
            return VaultResponse(status: answer.status, headers: [], body: Array(answer.body.utf8))
        }
        for byte in answer.body.utf8 { try receiver([byte]) }
        return VaultResponse(status: answer.status, headers: [], body: [])
    }

    func shutdown() async {}
}
