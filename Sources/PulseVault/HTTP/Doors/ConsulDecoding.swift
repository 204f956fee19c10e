import Notation
import VaultCore

/// From an HTTP head below `/consul/` to a request of the vault, as clients of Consul's key-value store read.
///
/// `/consul/v1/kv/config/{service}[,{environment}[,{instance}]]/[{key}]` is a key of what the place is served;
/// `?recurse`, `?keys`, `?separator=`, `?raw`, and `?index=&wait=` are Consul's.
enum ConsulDecoding {
    /// What the paths of the door begin with.
    static let prefix = Array("/consul/".utf8)
    /// What all keys begin with.
    private static let folder = Array("/consul/v1/kv/config/".utf8)

    /// Reads a head.
    ///
    /// - Parameters:
    ///   - path: the raw path, from its first slash, without the query.
    ///   - query: the raw query.
    ///   - head: the head.
    static func request(
        _ path: ArraySlice<UInt8>, _ query: ArraySlice<UInt8>, _ head: some RequestHead
    ) throws(RequestDecoding.Refusal) -> VaultRequest {
        try ConfigurationReads.requireRead(head)
        guard path.starts(with: folder) else { throw RequestDecoding.Refusal(404, "not found") }
        let text = try ConfigurationReads.text(path.dropFirst(folder.count))
        let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) ?? text.utf8.endIndex
        let place = text.utf8[..<slash].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard (1...3).contains(place.count) else { throw RequestDecoding.Refusal(404, "not found") }
        let asked = try ConfigurationReads.pairs(query)
        var members: [(name: String, value: String?)] = [
            ("format", "consul"), ("env", place.count > 1 ? place[1] : nil),
            ("instance", place.count > 2 ? place[2] : nil),
            ("key", String(decoding: text.utf8[slash...].dropFirst(), as: UTF8.self)),
        ]
        // These are there or not, whatever their value says.
        for name in ["recurse", "keys", "raw"] where asked.contains(where: { $0.name.bytesEqual(to: name) }) {
            members.append((name, "true"))
        }
        for name in ["separator", "index", "wait"] {
            members.append((name, asked.first { $0.name.bytesEqual(to: name) }?.value))
        }
        return try ConfigurationReads.request(
            place[0], members, .consul, tokens: [.token, .consulToken], head)
    }
}
