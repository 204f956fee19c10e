import Notation
import VaultCore
import VaultCrypto

/// From an HTTP head to a request of the vault: the one place that reads methods, targets and headers.
struct RequestDecoding {
    /// What a head turned out to be.
    enum Result {
        /// A request; its body is still to come.
        case request(VaultRequest)
        /// An answer that needs no vault: something in the head is wrong.
        case refused(VaultResponse)
    }

    /// Reads a head.
    static func decode(_ head: some RequestHead, remoteAddress: String, remotePort: Int) -> Result {
        do throws(Refusal) {
            return .request(try request(head, remoteAddress, remotePort))
        } catch {
            return .refused(error.response)
        }
    }

    /// An answer that needs no vault, on its way out.
    struct Refusal: Error {
        let response: VaultResponse

        init(_ status: UInt16, _ messages: String...) { response = .errors(status, messages) }
    }

    private static func request(
        _ head: some RequestHead, _ remoteAddress: String, _ remotePort: Int
    ) throws(Refusal) -> VaultRequest {
        try checkExpectation(head)
        let target = Array(head.target.utf8)
        guard target.count <= HTTPLimits.targetBytes else { throw Refusal(414, "request target is too long") }
        let (rawPath, rawQuery) = split(target)
        guard rawPath.starts(with: "/v1/".utf8) else {
            return try request(besideVaults: rawPath, rawQuery, head, remoteAddress, remotePort)
        }
        let path: RequestPath
        let query: [(name: String, value: String)]
        do throws(RequestPath.Fault) {
            path = try RequestPath(decoding: rawPath.dropFirst(4))
            query = try FormText.pairs(rawQuery)
        } catch {
            throw Refusal(400, error.message)
        }
        try checkNamespace(head)
        var request = VaultRequest(
            id: RequestIdentifier.next(), verb: try verb(head, query), path: path,
            token: try token(head, among: [.token]), query: query,
            wrapTTL: try wrapTTL(head), remoteAddress: remoteAddress, remotePort: remotePort)
        if request.verb == .patch { try checkPatchType(head) }
        switch request.verb {
        case .write, .patch, .delete: try checkContentCoding(head)
        case .read, .list, .scan, .help: break
        }
        if request.verb == .write { request.claimsForm = claimsForm(head) }
        if request.verb == .read {
            request.knownTags = head.value(of: .ifNoneMatch)
            request.instance = try instance(head)
        }
        if request.wrapTTL == 0 { request.wrapTTL = nil }
        return request
    }

    /// A request by one of the doors beside Vault's.
    private static func request(
        besideVaults path: ArraySlice<UInt8>, _ query: ArraySlice<UInt8>, _ head: some RequestHead,
        _ remoteAddress: String, _ remotePort: Int
    ) throws(Refusal) -> VaultRequest {
        if path.starts(with: OFREPDecoding.prefix) {
            return try OFREPDecoding.request(path, head, remoteAddress: remoteAddress, remotePort: remotePort)
        }
        var request: VaultRequest
        switch VaultRequest.Door.of(path) {
        case .application?: request = try ApplicationDecoding.request(path, query, head)
        case .spring?: request = try SpringDecoding.request(path, head)
        case .consul?: request = try ConsulDecoding.request(path, query, head)
        case .vault?, nil: throw Refusal(404)
        }
        request.remoteAddress = remoteAddress
        request.remotePort = remotePort
        return request
    }

    private static func split(_ target: [UInt8]) -> (path: ArraySlice<UInt8>, query: ArraySlice<UInt8>) {
        let path = target.prefix { $0 != UInt8(ascii: "#") }
        guard let mark = path.firstIndex(of: UInt8(ascii: "?")) else { return (path, []) }
        return (path[..<mark], path[(mark + 1)...])
    }

    private static func verb(
        _ head: some RequestHead, _ query: [(name: String, value: String)]
    ) throws(Refusal) -> VaultRequest.Verb {
        if query.contains(where: { $0.name == "help" && $0.value != "0" && $0.value != "false" }) { return .help }
        switch head.methodName {
        case "GET", "HEAD":
            let wantsList = try flag("list", query)
            let wantsScan = try flag("scan", query)
            if wantsList && wantsScan { throw Refusal(400, "list and scan cannot be combined") }
            return wantsList ? .list : wantsScan ? .scan : .read
        case "POST", "PUT": return .write
        case "PATCH": return .patch
        case "DELETE": return .delete
        case ListVerb.listStandIn: return .list
        case ListVerb.scanStandIn: return .scan
        default: throw Refusal(405)
        }
    }

    private static func flag(_ name: String, _ query: [(name: String, value: String)]) throws(Refusal) -> Bool {
        guard let value = query.first(where: { $0.name == name })?.value, !value.utf8.isEmpty else { return false }
        guard let truth = GoBoolean.parse(value) else {
            throw Refusal(400, "query parameter '\(name)' must be a boolean")
        }
        return truth
    }

    /// The token of a request: the one value that all the fields which may carry it agree on.
    ///
    /// - Parameter fields: the fields beside `Authorization: Bearer` that may carry it.
    static func token(_ head: some RequestHead, among fields: [HeaderField]) throws(Refusal) -> ClientToken? {
        let own = fields.count == 1 ? head.values(of: fields[0]) : fields.flatMap { head.values(of: $0) }
        let authorization = head.values(of: .authorization)
        if own.count == 1, authorization.isEmpty, let only = own.first { return try token(only) }
        // RFC 9110, section 11.1: the name of a scheme is written in any case.
        let bearer = authorization.filter { $0.utf8.prefix(7).map(ASCIICase.lowercased).elementsEqual("bearer ".utf8) }
            .map { String(decoding: $0.utf8.dropFirst(7), as: UTF8.self) }
        let sent = (own + bearer).filter { !$0.utf8.isEmpty }
        guard let first = sent.first else { return nil }
        let isClear = sent.allSatisfy { ConstantTime.isEqual(Array($0.utf8).span, Array(first.utf8).span) }
        guard own.count <= fields.count, isClear else { throw Refusal(400, "more than one token was sent") }
        return try token(first)
    }

    private static func token(_ text: String) throws(Refusal) -> ClientToken? {
        if text.utf8.isEmpty { return nil }
        guard text.utf8.count <= HTTPLimits.tokenBytes, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Refusal(400, "invalid header value for the token")
        }
        return ClientToken(text.utf8)
    }

    private static func checkNamespace(_ head: some RequestHead) throws(Refusal) {
        let isUnnamed = (head.value(of: .namespace) ?? "").utf8.allSatisfy { $0 == UInt8(ascii: "/") }
        guard isUnnamed || head.namesRootNamespace else { throw Refusal(404, "namespace not found") }
    }

    private static func wrapTTL(_ head: some RequestHead) throws(Refusal) -> Int? {
        guard let text = head.value(of: .wrapTTL), !text.utf8.isEmpty else { return nil }
        guard let duration = try? GoDuration(parsing: text), !duration.isNegative else {
            throw Refusal(400, "error parsing X-Vault-Wrap-TTL header: expected a duration that is not negative")
        }
        // Rounded up: a part of a second is not "no wrapping", which would send the answer in the open.
        return Int(clamping: (duration + GoDuration(nanoseconds: 999_999_999)).wholeSeconds)
    }

    private static func instance(_ head: some RequestHead) throws(Refusal) -> String? {
        guard let name = head.value(of: .instance), !name.utf8.isEmpty else { return nil }
        guard name.utf8.count <= HTTPLimits.instanceBytes, name.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Refusal(
                400, "X-Pulse-Instance must be a name of 1 to \(HTTPLimits.instanceBytes) printable ASCII characters")
        }
        return name
    }

    /// Nothing is ever decompressed, so that no small body becomes a large one.
    static func checkContentCoding(_ head: some RequestHead) throws(Refusal) {
        guard let coding = head.value(of: .contentEncoding), !coding.utf8.elementsEqual("identity".utf8) else { return }
        throw Refusal(415, "content encodings are not supported")
    }

    /// RFC 9110, section 10.1.1: there is one expectation, and it has a meaning for those who send a body.
    private static func checkExpectation(_ head: some RequestHead) throws(Refusal) {
        for value in head.values(of: .expect)
        where !value.utf8.lazy.map(ASCIICase.lowercased).elementsEqual("100-continue".utf8) {
            throw Refusal(417, "the only expectation that can be met is 100-continue")
        }
    }

    /// Whether the body is said to be a form; tools that send JSON say so too, if nobody tells them otherwise.
    private static func claimsForm(_ head: some RequestHead) -> Bool {
        guard let type = head.value(of: .contentType) else { return false }
        let media = type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        return media.lazy.map(ASCIICase.lowercased).elementsEqual("application/x-www-form-urlencoded".utf8)
    }

    private static func checkPatchType(_ head: some RequestHead) throws(Refusal) {
        guard let type = head.value(of: .contentType) else {
            throw Refusal(400, "PATCH requires Content-Type of application/merge-patch+json")
        }
        let media = type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }
        guard media.contains(UInt8(ascii: "/")) else { throw Refusal(400, "invalid Content-Type") }
        guard media.elementsEqual("application/merge-patch+json".utf8) else {
            throw Refusal(
                415,
                "PATCH requires Content-Type of application/merge-patch+json, provided "
                    + String(decoding: media, as: UTF8.self))
        }
    }
}
