import Notation
import VaultCore

/// What the doors by which other systems' clients read configuration have in common: each of their requests is a read
/// of `config/effective/<service>` in a form of its own.
enum ConfigurationReads {
    /// A request for the configuration of a service.
    ///
    /// - Parameters:
    ///   - service: the service.
    ///   - members: what is asked; what is `nil` is left out.
    ///   - tokens: the fields that may carry the token, beside `Authorization: Bearer`.
    static func request(
        _ service: String, _ members: [(name: String, value: String?)], _ door: VaultRequest.Door,
        tokens: [HeaderField], _ head: some RequestHead
    ) throws(RequestDecoding.Refusal) -> VaultRequest {
        // A service is one segment of the path, whatever is in its name.
        guard !service.utf8.isEmpty, !service.utf8.contains(UInt8(ascii: "/")) else {
            throw RequestDecoding.Refusal(404, "not found")
        }
        let path: RequestPath
        do throws(RequestPath.Fault) {
            path = try RequestPath(checking: Array("config/effective/\(service)".utf8))
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
        var request = VaultRequest(
            id: RequestIdentifier.next(), verb: .read, path: path,
            token: try RequestDecoding.token(head, among: tokens),
            query: members.compactMap { member in member.value.map { (member.name, $0) } })
        request.door = door
        request.knownTags = head.value(of: .ifNoneMatch)
        return request
    }

    /// The segments of a path, each percent-decoded by itself.
    static func segments(_ path: ArraySlice<UInt8>) throws(RequestDecoding.Refusal) -> [String] {
        var segments: [String] = []
        for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try text(part))
        }
        return segments
    }

    /// A part of a path, percent-decoded.
    static func text(_ raw: some Collection<UInt8>) throws(RequestDecoding.Refusal) -> String {
        let bytes: [UInt8]
        do throws(RequestPath.Fault) {
            bytes = try RequestPath.percentDecoded(raw)
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RequestDecoding.Refusal(400, RequestPath.Fault.unprintable.message)
        }
        return text
    }

    /// The names and values of a query.
    static func pairs(
        _ query: ArraySlice<UInt8>
    ) throws(RequestDecoding.Refusal) -> [(name: String, value: String)] {
        do throws(RequestPath.Fault) {
            return try FormText.pairs(query)
        } catch {
            throw RequestDecoding.Refusal(400, error.message)
        }
    }

    /// Refuses everything but reading.
    static func requireRead(_ head: some RequestHead) throws(RequestDecoding.Refusal) {
        guard ["GET", "HEAD"].contains(where: { $0.utf8.elementsEqual(head.methodName.utf8) }) else {
            throw RequestDecoding.Refusal(405, "unsupported operation")
        }
    }
}
