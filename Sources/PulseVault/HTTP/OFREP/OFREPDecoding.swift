import EngineKit
import Notation
import VaultCore

/// From an HTTP head below `/ofrep/` to a request of the vault (OpenFeature Remote Evaluation Protocol 0.3).
///
/// `POST /ofrep/v1/evaluate/flags/{key}` asks for one flag, `POST /ofrep/v1/evaluate/flags` for all. Tokens come as
/// `Authorization: Bearer`, `X-API-Key` or `X-Vault-Token`.
enum OFREPDecoding {
    /// What the paths of the protocol begin with.
    static let prefix = Array("/ofrep/".utf8)
    /// The mount whose flags are evaluated.
    private static let mount = Array("flags/".utf8)
    /// The environment of requests that neither their token nor a header decides about.
    private static let defaultEnvironment = Array(DefaultEnvironment.ofFlags.utf8)

    /// Whether a request target belongs to the protocol.
    static func isTarget(_ target: String) -> Bool { target.utf8.starts(with: prefix) }

    /// Reads a head.
    ///
    /// - Parameters:
    ///   - path: the raw path, from its first slash, without the query.
    ///   - head: the head.
    static func request(
        _ path: ArraySlice<UInt8>, _ head: some RequestHead, remoteAddress: String, remotePort: Int
    ) throws(RequestDecoding.Refusal) -> VaultRequest {
        if let events = try eventPath(path) {
            guard head.methodName == "GET" else { throw RequestDecoding.Refusal(405, "unsupported operation") }
            return VaultRequest(
                id: RequestIdentifier.next(), verb: .read, path: events, remoteAddress: remoteAddress,
                remotePort: remotePort)
        }
        let flag = try flag(path)
        guard head.methodName == "POST" else { throw RequestDecoding.Refusal(405, "unsupported operation") }
        try RequestDecoding.checkContentCoding(head)
        let evaluation = EvaluationDoor(
            mount: mount, flag: flag, environment: try environment(head), defaultEnvironment: defaultEnvironment)
        let logical: RequestPath
        do throws(RequestPath.Fault) {
            logical = try RequestPath(checking: mount + Array("evaluate".utf8))
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
        var request = VaultRequest(
            id: RequestIdentifier.next(), verb: .write, path: logical,
            token: try RequestDecoding.token(head, among: [.token, .apiKey]), remoteAddress: remoteAddress,
            remotePort: remotePort)
        request.evaluation = evaluation
        request.knownTags = head.value(of: .ifNoneMatch)
        return request
    }

    /// The logical path of a stream, whose address is its own permission; `nil` when the path is not a stream's.
    private static func eventPath(_ path: ArraySlice<UInt8>) throws(RequestDecoding.Refusal) -> RequestPath? {
        let front = Array("/ofrep/v1/events/".utf8)
        guard path.starts(with: front) else { return nil }
        do throws(RequestPath.Fault) {
            return try RequestPath(decoding: mount + Array("events/".utf8) + path.dropFirst(front.count))
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
    }

    /// The flag's key behind `evaluate/flags/`; `nil` for all flags.
    private static func flag(_ path: ArraySlice<UInt8>) throws(RequestDecoding.Refusal) -> [UInt8]? {
        let all = Array("/ofrep/v1/evaluate/flags".utf8)
        guard path.starts(with: all) else { throw RequestDecoding.Refusal(404) }
        let rest = path.dropFirst(all.count)
        guard let slash = rest.first else { return nil }
        guard slash == UInt8(ascii: "/") else { throw RequestDecoding.Refusal(404) }
        if rest.count == 1 { return nil }
        do throws(RequestPath.Fault) {
            return try RequestPath.percentDecoded(rest.dropFirst())
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
    }

    /// The key of the one flag that a target asks for, as far as it can be read; for answers to what is refused.
    static func flag(ofTarget target: String) -> [UInt8]? {
        let path = Array(target.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        // Why there is none does not matter: the target was refused already.
        return (try? flag(path[...])) ?? nil
    }

    private static func environment(_ head: some RequestHead) throws(RequestDecoding.Refusal) -> [UInt8]? {
        guard let text = head.value(of: .environment), !text.utf8.isEmpty else { return nil }
        guard EvaluationDoor.isName(text.utf8) else {
            throw RequestDecoding.Refusal(400, "invalid X-PulseVault-Environment header: expected a name")
        }
        return Array(text.utf8)
    }
}
