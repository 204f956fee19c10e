import EngineKit
import Notation

/// Which web pages of other origins may speak to the server from a browser (CORS, the Fetch standard, section 3.2).
package struct CrossOriginRules: Sendable {
    /// The origins, each as a browser sends it, such as `https://app.example.com`; `*` alone for any.
    package var origins: [String]
    /// Header fields that pages may send beside the usual ones.
    package var headers: [String]

    /// The fields that pages may always send.
    package static let usualHeaders = [
        "Content-Type", "Authorization", "X-API-Key", "If-None-Match", "Last-Event-ID", "X-Vault-Token",
        "X-Vault-Namespace", "X-Vault-Wrap-TTL", "X-Vault-Wrap-Format", "X-Vault-Request", "X-Vault-MFA",
        "X-Vault-No-Request-Forwarding", "X-Vault-Policy-Override", "X-Vault-AWS-IAM-Server-ID", "X-Requested-With",
        "X-PulseVault-Environment",
    ]

    /// Whether pages of an origin may; compared byte by byte, so that nothing that only looks like one passes.
    package func allow(_ origin: String) -> Bool {
        origins.contains { $0.utf8.elementsEqual("*".utf8) || $0.utf8.elementsEqual(origin.utf8) }
    }

    static let key = SystemRecords.setting("cors")

    /// The rules as they are stored; `nil` when pages of other origins may not.
    static func stored(_ transaction: Transaction) throws(EngineError) -> CrossOriginRules? {
        guard let bytes = try transaction.get(key), let json = try? JSON(parsing: bytes) else { return nil }
        func texts(_ name: String) -> [String] { (json[name]?.arrayValue ?? []).compactMap(\.stringValue) }
        return CrossOriginRules(origins: texts("origins"), headers: texts("headers"))
    }

    func store(_ transaction: Transaction) {
        transaction.put(
            Self.key,
            JSON.object(["origins": .strings(origins), "headers": .strings(headers)]).serialized())
    }
}

extension SystemEngine {
    var crossOriginRoutes: [Route] {
        [
            Route("config/cors", "Which web pages of other origins may speak to the server.").sudo()
                .taking(["allowed_origins", "allowed_headers", "enable"])
                .on(.read, serve: Self.readCrossOrigin).on(.update, serve: Self.writeCrossOrigin)
                .on(.delete, serve: Self.deleteCrossOrigin)
        ]
    }

    @Sendable private static func readCrossOrigin(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let rules = try CrossOriginRules.stored(transaction) else {
            return EngineResponse(.data(["enabled": false]), repeatsDataAtTop: true)
        }
        return EngineResponse(
            .data([
                "enabled": true, "allowed_origins": .strings(rules.origins),
                "allowed_headers": .strings(CrossOriginRules.usualHeaders + rules.headers),
            ]), repeatsDataAtTop: true)
    }

    @Sendable private static func writeCrossOrigin(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        guard let origins = try request.input.list("allowed_origins"), !origins.isEmpty else {
            throw .invalid("at least one origin or the wildcard must be provided")
        }
        if origins.count > 1, origins.contains(where: { $0.utf8.elementsEqual("*".utf8) }) {
            throw .invalid("to allow all origins the '*' must be the only value for allowed_origins")
        }
        for origin in origins where !isOrigin(origin) {
            throw .invalid("allowed_origins: expected a scheme and a host such as https://app.example.com, or *")
        }
        let headers = try request.input.list("allowed_headers") ?? []
        for header in headers where !isFieldName(header) {
            throw .invalid("allowed_headers: expected names of header fields")
        }
        guard origins.count <= 100, headers.count <= 100 else {
            throw .invalid("at most 100 origins and 100 header fields can be allowed")
        }
        CrossOriginRules(origins: origins, headers: headers).store(transaction)
        return .noContent
    }

    @Sendable private static func deleteCrossOrigin(
        _ request: EngineRequest, _ transaction: Transaction
    ) throws(EngineError) -> EngineResponse {
        transaction.delete(CrossOriginRules.key)
        return .noContent
    }

    /// Whether a text is `*`, or a scheme, `://` and a host without a path; `null`, which many pages send, is not.
    private static func isOrigin(_ text: String) -> Bool {
        if text.utf8.elementsEqual("*".utf8) { return true }
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { text.utf8.starts(with: $0.utf8) }) else { return false }
        let host = text.utf8.dropFirst(scheme.utf8.count)
        return !host.isEmpty && host.count <= 253
            && host.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") }
    }

    private static func isFieldName(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}
