import Notation
import VaultCore

/// From an HTTP head below `/api/v1/` to a request of the vault: `/api/v1/x` is the path `pulse/api/x`.
///
/// Tokens come as `Authorization: Bearer` or `X-Vault-Token`. Reads take their input from the query, writes from a JSON
/// body; there are no other verbs.
enum ApplicationDecoding {
    /// What the paths of the door begin with.
    static let prefix = Array("/api/v1/".utf8)
    /// Where the routes of the door stand.
    private static let mount = Array("pulse/api/".utf8)

    /// Reads a head.
    ///
    /// - Parameters:
    ///   - path: the raw path, from its first slash, without the query.
    ///   - query: the raw query.
    ///   - head: the head.
    static func request(
        _ path: ArraySlice<UInt8>, _ query: ArraySlice<UInt8>, _ head: some RequestHead
    ) throws(RequestDecoding.Refusal) -> VaultRequest {
        let verb = verb(head)
        let logical: RequestPath
        let pairs: [(name: String, value: String)]
        do throws(RequestPath.Fault) {
            logical = try RequestPath(decoding: mount + path.dropFirst(prefix.count))
            pairs = try FormText.pairs(query)
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
        if case .write = verb { try RequestDecoding.checkContentCoding(head) }
        var request = VaultRequest(
            id: RequestIdentifier.next(), verb: verb, path: logical,
            token: try RequestDecoding.token(head, among: [.token]), query: pairs)
        request.door = .application
        if case .read = verb { request.knownTags = head.value(of: .ifNoneMatch) }
        return request
    }

    /// What a method asks. All but three stand for a deletion, which no route of the door knows: so the route that the
    /// path has tells, to those with a token, what it does know.
    private static func verb(_ head: some RequestHead) -> VaultRequest.Verb {
        switch head.methodName {
        case "GET", "HEAD": .read
        case "POST": .write
        default: .delete
        }
    }
}
