import HTTPTypes
import HummingbirdCore
import NIOCore
import Notation
import VaultCrypto

/// A file that anyone may have from the server: the module by which pages and Node use feature flags, its types, and
/// the description of the endpoints below `/api/v1/`.
///
/// It is part of the program, so that module and server are of one version. Pages of any origin may load it, since it
/// holds nothing that is not public.
struct PublishedFile: Sendable {
    private let path: String
    private let contentType: String
    private let bytes: [UInt8]
    private let entityTag: String

    private init(_ path: String, _ contentType: String, _ bytes: [UInt8]) {
        self.path = path
        self.contentType = contentType
        self.bytes = bytes
        let digest = BLAKE2b256.hash(bytes.span)
        entityTag = "\"\(Hexadecimal.encode((0..<16).map { digest[$0] }))\""
    }

    private static let all = [
        PublishedFile("/api/v1/openapi.json", "application/json", PackageResources.application_api_json),
        PublishedFile(
            "/sdk/pulsevault-flags.mjs", "text/javascript; charset=utf-8", PackageResources.pulsevault_flags_mjs),
        PublishedFile(
            "/sdk/pulsevault-flags.d.mts", "text/plain; charset=utf-8", PackageResources.pulsevault_flags_d_mts),
    ]

    /// What the paths of files begin with, so that most requests are passed on at once.
    private static let prefixes = ["/sdk/", "/api/v1/openapi"]

    /// The file that a request asks for; `nil` when it asks for something else.
    static func asked(for request: Request) -> PublishedFile? {
        guard request.method == .get || request.method == .head, let path = request.head.path,
            prefixes.contains(where: { path.utf8.starts(with: $0.utf8) })
        else { return nil }
        let asked = path.utf8.prefix { $0 != UInt8(ascii: "?") }
        return all.first { $0.path.utf8.elementsEqual(asked) }
    }

    /// Sends the file, or says that the client has it already.
    func answer(_ request: Request, _ writer: consuming ResponseWriter) async throws {
        var fields: HTTPFields = [
            .contentType: contentType, .eTag: entityTag, .cacheControl: "public, max-age=300",
            .accessControlAllowOrigin: "*", .xContentTypeOptions: "nosniff",
            .strictTransportSecurity: ResponseEncoding.strictTransportSecurity,
        ]
        if EntityTag.isKnown(entityTag, to: request.headers[.ifNoneMatch]) {
            fields[.contentType] = nil
            return try await writer.writeResponse(HTTPResponse(status: .notModified, headerFields: fields))
        }
        fields[.contentLength] = String(bytes.count)
        let head = HTTPResponse(status: .ok, headerFields: fields)
        guard request.method == .get else { return try await writer.writeResponse(head) }
        try await writer.write(response: head, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
